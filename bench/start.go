// SPDX-License-Identifier: ISC

// Go: os/exec, with three files. Options and output as in contend.h.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

type measured struct {
	whole, call time.Duration
}

var sources [3]*os.File

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
	os.Exit(1)
}

func openNull(flags int) *os.File {
	fd, err := syscall.Open("/dev/null", flags|syscall.O_CLOEXEC, 0)
	if err != nil {
		fail("/dev/null", err)
	}
	return os.NewFile(uintptr(fd), "/dev/null")
}

// Outside of the collected heap, which would be touched again and again.
func touchMemory(mib int) {
	if mib == 0 {
		return
	}
	memory, err := syscall.Mmap(-1, 0, mib<<20, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		fail("memory", err)
	}
	syscall.Madvise(memory, syscall.MADV_NOHUGEPAGE)
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1
	}
}

func start(program string) measured {
	began := time.Now()
	cmd := exec.Command(program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = sources[0], sources[1], sources[2]
	if err := cmd.Start(); err != nil {
		fail("start", err)
	}
	call := time.Since(began)
	if err := cmd.Wait(); err != nil {
		fail("wait", err)
	}
	return measured{time.Since(began), call}
}

func repeat(count int, within time.Duration, program string) []measured {
	until := time.Now().Add(within)
	var all []measured
	for len(all) < count && (len(all) < 4 || time.Now().Before(until)) {
		all = append(all, start(program))
	}
	return all
}

// In so many goroutines at once.
func together(count int, work func(int)) {
	var group sync.WaitGroup
	group.Add(count)
	for i := 0; i < count; i++ {
		go func(i int) {
			work(i)
			group.Done()
		}(i)
	}
	group.Wait()
}

func main() {
	fds := flag.Int("fds", 0, "")
	memory := flag.Int("memory", 0, "")
	threads := flag.Int("threads", 1, "")
	starts := flag.Int("starts", 100, "")
	within := flag.Int("within", 10000, "")
	flag.Parse()
	limit := time.Duration(*within) * time.Millisecond
	program := flag.Arg(0)
	sources = [3]*os.File{openNull(syscall.O_RDONLY), openNull(syscall.O_WRONLY),
		openNull(syscall.O_WRONLY)}
	others := make([]*os.File, *fds)
	for i := range others {
		others[i] = openNull(syscall.O_RDONLY)
	}
	touchMemory(*memory)

	each := (*starts + *threads - 1) / *threads
	warmUp := each
	if warmUp > 20 {
		warmUp = 20
	}
	together(*threads, func(int) { repeat(warmUp, limit/5, program) })
	results := make([][]measured, *threads)
	began := time.Now()
	together(*threads, func(i int) { results[i] = repeat(each, limit, program) })
	took := time.Since(began)
	done := 0
	for _, result := range results {
		done += len(result)
		for _, m := range result {
			fmt.Println("start", m.whole.Nanoseconds(), m.call.Nanoseconds())
		}
	}
	fmt.Println("rate", int64(done)*int64(time.Second)/int64(took))
	// Files that nobody uses any more are closed behind our back.
	for _, file := range others {
		file.Close()
	}
}
