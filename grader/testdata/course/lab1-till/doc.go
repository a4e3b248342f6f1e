// Package till is a lab that stands on another: a till counts what is sold with
// the student's own counter.
package till
