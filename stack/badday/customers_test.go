package badday_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// request is one that a customer made.
type request struct {
	trace string
	at    time.Time
	took  time.Duration
	ok    bool
}

// requests are those that customers made.
type requests []request

// customers ask for something again and again, until they are sent home, which returns what they saw.
func customers(address string) (home func() requests) {
	const perSecond, atOnce = 200, 8
	ctx, cancel := context.WithCancel(context.Background())
	ticker := time.NewTicker(time.Second / perSecond)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	var (
		number atomic.Int64
		mu     sync.Mutex
		made   requests
		all    sync.WaitGroup
	)
	for range atOnce {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case at := <-ticker.C:
					r := request{trace: fmt.Sprintf("%032x", number.Add(1)), at: at}
					r.ok, r.took = ask(client, address, r.trace), time.Since(at)
					mu.Lock()
					made = append(made, r)
					mu.Unlock()
				}
			}
		})
	}
	return func() requests {
		cancel()
		all.Wait()
		ticker.Stop()
		return made
	}
}

// ask asks as a part of a trace, and reports whether the answer is good.
func ask(client *http.Client, address, trace string) bool {
	question, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	question.Header.Set("Traceparent", "00-"+trace+"-0000000000000001-01")
	response, err := client.Do(question)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode == http.StatusOK
}

// between are the requests from one time to another.
func (r requests) between(from, to time.Time) requests {
	return slices.DeleteFunc(slices.Clone(r), func(one request) bool { return one.at.Before(from) || !one.at.Before(to) })
}

// without counts those that a set of traces does not have.
func (r requests) without(traces map[string]bool) int {
	n := 0
	for _, one := range r {
		if !traces[one.trace] {
			n++
		}
	}
	return n
}

// failed counts those that were not answered well.
func (r requests) failed() int {
	n := 0
	for _, one := range r {
		if !one.ok {
			n++
		}
	}
	return n
}

// p95 is what 95 of 100 took at most.
func (r requests) p95() time.Duration {
	durations := make([]time.Duration, len(r))
	for i, one := range r {
		durations[i] = one.took
	}
	slices.Sort(durations)
	return durations[len(durations)*95/100]
}
