module toycourse

go 1.26
