// Package labgob is encoding/gob with its traps made audible.
package labgob

import (
	"encoding/gob"
	"io"
	"reflect"
)

// A LabEncoder writes values, as a gob.Encoder does.
type LabEncoder struct{ gob *gob.Encoder }

// NewEncoder returns an encoder that writes to w.
func NewEncoder(w io.Writer) *LabEncoder { return &LabEncoder{gob.NewEncoder(w)} }

// Encode writes e, or what e points to.
func (enc *LabEncoder) Encode(e any) error { return enc.EncodeValue(reflect.ValueOf(e)) }

// EncodeValue writes the value that v holds.
func (enc *LabEncoder) EncodeValue(v reflect.Value) error { return enc.gob.EncodeValue(v) }

// A LabDecoder reads values, as a gob.Decoder does.
type LabDecoder struct{ gob *gob.Decoder }

// NewDecoder returns a decoder that reads from r.
func NewDecoder(r io.Reader) *LabDecoder { return &LabDecoder{gob.NewDecoder(r)} }

// Decode reads the next value into what e points to.
func (dec *LabDecoder) Decode(e any) error { return dec.DecodeValue(reflect.ValueOf(e)) }

// DecodeValue reads the next value into what v points to.
func (dec *LabDecoder) DecodeValue(v reflect.Value) error { return dec.gob.DecodeValue(v) }

// Register tells gob a type that will travel behind an interface.
func Register(value any) { gob.Register(value) }

// RegisterName is Register under a name of your choice.
func RegisterName(name string, value any) { gob.RegisterName(name, value) }
