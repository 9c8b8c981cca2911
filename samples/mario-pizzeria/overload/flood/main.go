// Command flood sends requests to a server, with no regard to how it fares, and prints what came of them as JSON. It is a program
// of its own so that a test which is slow, because it looks for races, is not what is measured.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// flood is requests that are all the same.
type flood struct {
	method, url, body string
	client            *http.Client

	mu     sync.Mutex
	took   []time.Duration // of those that were done
	report report
}

// report is what came of a flood.
type report struct {
	Sent  int            `json:"sent"`
	Done  int            `json:"done"`
	Shed  int            `json:"shed"`
	Wrong map[string]int `json:"wrong"` // all other answers, and how many of each
	P50   time.Duration  `json:"p50"`   // of those that were done
	P99   time.Duration  `json:"p99"`
	Max   time.Duration  `json:"max"`
	Late  time.Duration  `json:"late"` // that a request was sent after its time, at most
}

func main() {
	f := &flood{report: report{Wrong: map[string]int{}}}
	rate := flag.Float64("rate", 0, "requests per second, however long the answers take; 0 for callers")
	callers := flag.Int("callers", 8, "who each call again as soon as they are answered")
	duration := flag.Duration("duration", time.Second, "how long")
	flag.StringVar(&f.method, "method", http.MethodGet, "of the requests")
	flag.StringVar(&f.url, "url", "", "of the requests")
	flag.StringVar(&f.body, "body", "", "of the requests, in JSON")
	flag.Parse()
	const connections = 10_000
	f.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	if *rate > 0 {
		f.pour(*rate, *duration)
	} else {
		f.call(*callers, *duration)
	}
	slices.Sort(f.took)
	if n := len(f.took); n > 0 {
		f.report.Done, f.report.P50, f.report.P99, f.report.Max = n, f.took[n/2], f.took[n*99/100], f.took[n-1]
	}
	if err := json.NewEncoder(os.Stdout).Encode(f.report); err != nil {
		log.Fatal(err)
	}
}

// pour sends requests at a rate.
func (f *flood) pour(rate float64, d time.Duration) {
	var wg sync.WaitGroup
	defer wg.Wait()
	const pause = time.Millisecond
	begin := time.Now()
	for {
		at := time.Duration(float64(f.report.Sent) / rate * float64(time.Second))
		if at > d {
			return
		}
		if passed := time.Since(begin); passed < at {
			time.Sleep(max(at-passed, pause))
		} else {
			f.report.Late = max(f.report.Late, passed-at)
		}
		f.report.Sent++
		wg.Go(f.send)
	}
}

// call has some callers send requests.
func (f *flood) call(callers int, d time.Duration) {
	var wg sync.WaitGroup
	defer wg.Wait()
	end := time.Now().Add(d)
	for range callers {
		wg.Go(func() {
			for time.Now().Before(end) {
				f.send()
			}
		})
	}
}

// send sends one request.
func (f *flood) send() {
	begin := time.Now()
	wrong, shed := "", false
	request, err := http.NewRequestWithContext(context.Background(), f.method, f.url, strings.NewReader(f.body))
	if err != nil {
		log.Fatal(err)
	}
	if f.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := f.client.Do(request)
	if err == nil {
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
	}
	took := time.Since(begin)
	switch {
	case err != nil:
		wrong = cause(err)
	case response.StatusCode == http.StatusServiceUnavailable:
		wrong, shed = wrongShed(response.Header), true
	case response.StatusCode > 299:
		wrong = response.Status
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case wrong != "":
		f.report.Wrong[wrong]++
	case shed:
		f.report.Shed++
	default:
		f.took = append(f.took, took)
	}
}

// cause is an error without addresses, so that there are few.
func cause(err error) string {
	if of, ok := errors.AsType[*net.OpError](err); ok {
		return of.Op + ": " + of.Err.Error()
	}
	if of, ok := errors.AsType[*url.Error](err); ok {
		return of.Err.Error()
	}
	return err.Error()
}

// wrongShed says what is wrong with the answer to a request that was shed.
func wrongShed(h http.Header) string {
	after, err := strconv.Atoi(h.Get("Retry-After"))
	switch {
	case err != nil || after < 1:
		return "503 with Retry-After " + strconv.Quote(h.Get("Retry-After"))
	case h.Get("Content-Type") != "application/problem+json":
		return "503 of " + h.Get("Content-Type")
	}
	return ""
}
