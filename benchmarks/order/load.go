package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

const anOrder = `{"customer_id":"cust_%d","items":[{"pizza_id":"margherita","quantity":2},{"pizza_id":"diavola","quantity":1}]}`

// place places as many orders, by so many customers at a time.
func place(ctx context.Context, client *http.Client, url string, orders, customers int) error {
	var left atomic.Int64
	left.Store(int64(orders))
	var all sync.WaitGroup
	failed := make(chan error, customers)
	for customer := range customers {
		all.Go(func() {
			body := fmt.Sprintf(anOrder, customer)
			for left.Add(-1) >= 0 {
				if err := placeOne(ctx, client, url, body); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func placeOne(ctx context.Context, client *http.Client, url, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/orders", bytes.NewReader([]byte(body)))
	if err != nil {
		return fmt.Errorf("make an order: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("place an order: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		return fmt.Errorf("place an order: got %d %s: %w", response.StatusCode, answer, err)
	}
	return nil
}

// collector is one that takes all and keeps nothing. It returns its URL.
func collector(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("start the collector: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}
