package main

import (
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
)

// A pizzeria that is measured begins a profile of its CPU when it gets SIGUSR1, and ends it at SIGUSR2. It says that it has
// done so by making the file, and by removing its lock.
func init() {
	path := os.Getenv("CPU_PROFILE")
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		var file *os.File
		for s := range signals {
			if s == syscall.SIGUSR2 {
				pprof.StopCPUProfile()
				if err := file.Close(); err != nil {
					panic(err)
				}
				if err := os.Rename(file.Name(), path); err != nil {
					panic(err)
				}
				continue
			}
			var err error
			if file, err = os.Create(path + ".part"); err != nil {
				panic(err)
			}
			if err := pprof.StartCPUProfile(file); err != nil {
				panic(err)
			}
		}
	}()
}
