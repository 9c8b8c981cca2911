// Package payment takes money through a payment service, over HTTP.
package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/web"
)

// Service is a payment service: POST {URL}/charges takes the money of an order and answers 201, or 402 if it refuses;
// DELETE {URL}/charges/{order} gives it back and answers 204, also if there was none.
type Service struct {
	URL    *url.URL
	Client *http.Client
}

var _ ordering.Payments = (*Service)(nil)

// charge is the body of a request.
type charge struct {
	OrderID string      `json:"order_id"`
	Amount  money.Money `json:"amount"`
}

// Charge implements ordering.Payments.
func (s *Service) Charge(ctx context.Context, orderID string, amount money.Money) error {
	body, err := json.Marshal(charge{OrderID: orderID, Amount: amount})
	if err != nil {
		return fmt.Errorf("charge order %s: %w", orderID, err)
	}
	status, err := s.do(web.WithURLTemplate(ctx, "/charges"), http.MethodPost, s.URL.JoinPath("charges"), bytes.NewReader(body))
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return fmt.Errorf("charge order %s: %w", orderID, err)
	case err != nil:
		return fault.New(fault.Unavailable, "the payment service does not answer: %w", err)
	case status == http.StatusPaymentRequired:
		return fault.New(fault.Rejected, "the payment was refused")
	case status != http.StatusCreated:
		return fault.New(fault.Unavailable, "the payment service failed with status %d", status)
	}
	return nil
}

// Refund implements ordering.Payments.
func (s *Service) Refund(ctx context.Context, orderID string) error {
	status, err := s.do(web.WithURLTemplate(ctx, "/charges/{order}"), http.MethodDelete, s.URL.JoinPath("charges", orderID), nil)
	if err == nil && status != http.StatusNoContent {
		err = fmt.Errorf("the payment service failed with status %d", status)
	}
	if err != nil {
		return fmt.Errorf("refund order %s: %w", orderID, err)
	}
	return nil
}

func (s *Service) do(ctx context.Context, method string, to *url.URL, body io.Reader) (int, error) {
	request, err := http.NewRequestWithContext(ctx, method, to.String(), body)
	if err != nil {
		return 0, err //nolint:wrapcheck // wrapped by the callers
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.Client.Do(request)
	if err != nil {
		return 0, err //nolint:wrapcheck // wrapped by the callers
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 4096)) // so that the connection can be used again
	return response.StatusCode, nil
}
