package chord_test

import "time"

const ms = time.Millisecond
