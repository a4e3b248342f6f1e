// Package quiet has nothing to test.
package quiet
