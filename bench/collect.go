// SPDX-License-Identifier: ISC

// Go: os/exec.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

func fail(why interface{}) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

func main() {
	work, number := os.Args[1], os.Args[2]
	size, _ := strconv.Atoi(number)
	var input []byte
	if work == "feed" {
		input = bytes.Repeat([]byte("x"), size)
	}
	began := time.Now()
	if work == "collect" {
		out, err := exec.Command("head", "-c", number, "/dev/zero").Output()
		if err != nil {
			fail(err)
		}
		if len(out) != size {
			fail("wrong size")
		}
	} else {
		cmd := exec.Command("cat")
		cmd.Stdin = bytes.NewReader(input)
		if err := cmd.Run(); err != nil {
			fail(err)
		}
	}
	fmt.Println(time.Since(began).Microseconds())
}
