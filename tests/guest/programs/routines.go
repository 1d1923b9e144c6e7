// Goroutines, channels, the collector, timers and TCP.
package main

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"sort"
	"sync"
	"time"
)

func channels() {
	var group sync.WaitGroup
	values := make(chan int, 10)
	for i := 0; i < 50; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			for j := 0; j < 100; j++ {
				values <- n * j
			}
		}(i)
	}
	go func() { group.Wait(); close(values) }()
	sum := 0
	for value := range values {
		sum += value
	}
	fmt.Println("sum", sum)
}

func collector() {
	var kept [][]byte
	for i := 0; i < 2000; i++ {
		b := make([]byte, 10000)
		if i%10 == 0 {
			kept = append(kept, b)
		}
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("collected", stats.NumGC > 0, len(kept))
}

func sockets() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	lengths := make(chan int)
	for i := 0; i < 5; i++ {
		go func(i int) {
			c, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				panic(err)
			}
			go func() { c.Write(make([]byte, 50000*i)); c.(*net.TCPConn).CloseWrite() }()
			all, _ := io.ReadAll(c)
			lengths <- len(all)
		}(i)
	}
	var all []int
	for i := 0; i < 5; i++ {
		all = append(all, <-lengths)
	}
	sort.Ints(all)
	fmt.Println(all)
}

func main() {
	channels()
	collector()
	sockets()
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("timer")
	}
	defer func() { fmt.Println("recovered:", recover()) }()
	var nowhere *int
	*nowhere = 1
}
