package simulate

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// The stages of an order, as the API names them.
const (
	pending   = "pending"
	cooking   = "cooking"
	ready     = "ready"
	out       = "out_for_delivery"
	delivered = "delivered"
	cancelled = "cancelled"
	lost      = "lost" // the pizzeria does not know it any more
)

// menu is what can be ordered.
type menu struct {
	Pizzas []struct {
		ID string `json:"id"`
	} `json:"pizzas"`
	Sizes    []string `json:"sizes"`
	Toppings []string `json:"toppings"`
}

// basket is an order to be placed.
type basket struct {
	CustomerID string `json:"customer_id"`
	Items      []item `json:"items"`
}

type item struct {
	PizzaID  string   `json:"pizza_id"`
	Quantity int      `json:"quantity"`
	Size     string   `json:"size"`
	Toppings []string `json:"toppings,omitempty"`
}

// newRandom returns what decides about the nth order of a run.
func newRandom(seed, n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }

// fill draws who orders what. Two of three customers are regulars, a few of whom come often. It reports whether this one
// is new.
func fill(r *rand.Rand, m menu) (b basket, fresh bool) {
	if fresh = r.Float64() < 0.3; fresh {
		b.CustomerID = fmt.Sprintf("new_%08x", r.Uint32())
	} else {
		b.CustomerID = fmt.Sprintf("regular_%03d", int(200*math.Pow(r.Float64(), 2)))
	}
	for range 1 + weighted(r, 60, 25, 10, 5) {
		i := item{PizzaID: m.Pizzas[popular(r, len(m.Pizzas))].ID, Quantity: 1 + weighted(r, 65, 25, 7, 3), Size: m.Sizes[0]}
		if r.Float64() < 0.01 {
			i.Quantity = 10 + r.IntN(11) // a party
		}
		if len(m.Sizes) == 3 {
			i.Size = m.Sizes[weighted(r, 15, 55, 30)]
		} else {
			i.Size = m.Sizes[r.IntN(len(m.Sizes))]
		}
		extra := r.Perm(len(m.Toppings))
		for _, t := range extra[:min(weighted(r, 70, 20, 10), len(extra))] {
			i.Toppings = append(i.Toppings, m.Toppings[t])
		}
		b.Items = append(b.Items, i)
	}
	return b, fresh
}

// popular draws one of n, the first most often.
func popular(r *rand.Rand, n int) int {
	weights := make([]int, n)
	for i := range weights {
		weights[i] = 1000 / (i + 1)
	}
	return weighted(r, weights...)
}

// weighted draws an index by weight.
func weighted(r *rand.Rand, weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := r.IntN(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// order is an order in hand, and what is to become of it.
type order struct {
	id, status string
	random     *rand.Rand
	cancelAt   string                   // the stage in which the customer cancels it, if any
	takes      map[string]time.Duration // how long each stage should take that has not begun
}

// newOrder draws what is to become of an order, which goes on apart from its customer.
func newOrder(id, status string, r *rand.Rand) *order {
	r = newRandom(r.Uint64(), r.Uint64())
	o := &order{id: id, status: status, random: r}
	if r.Float64() < 0.06 {
		o.cancelAt = []string{pending, cooking, ready}[weighted(r, 60, 25, 15)]
	}
	o.takes = map[string]time.Duration{
		pending: about(r, time.Second), cooking: about(r, 3*time.Second),
		ready: about(r, time.Second), out: about(r, 3*time.Second),
	}
	return o
}

// foundOrder draws what is to become of an order that was placed by somebody else.
func foundOrder(seed uint64, id, status string) *order {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(id)) // never fails
	return newOrder(id, status, newRandom(seed, hash.Sum64()))
}

// about draws a time that is mostly near the typical one and at times much longer.
func about(r *rand.Rand, typical time.Duration) time.Duration {
	return min(time.Duration(float64(typical)*math.Exp(0.5*r.NormFloat64())), 10*time.Second)
}

// begin returns how long the order's stage should take, once.
func (o *order) begin() time.Duration {
	d := o.takes[o.status]
	delete(o.takes, o.status)
	return d
}

// next returns the call that moves the order along.
func (o *order) next() call {
	if o.status == o.cancelAt {
		reasons := []string{"changed my mind", "takes too long", "wrong address", "ordered twice"}
		return o.put("cancel", map[string]string{"reason": reasons[weighted(o.random, 40, 40, 10, 10)]})
	}
	switch o.status {
	case pending:
		return o.put("cook", nil)
	case cooking:
		return o.put("ready", nil)
	case ready:
		drivers := []string{"Luigi", "Toad", "Yoshi", "Peach", "Daisy"}
		return o.put("assign", map[string]string{"driver": drivers[o.random.IntN(len(drivers))]})
	default:
		return o.put("deliver", nil)
	}
}
