module distlabs

go 1.26

godebug randseednop=0
