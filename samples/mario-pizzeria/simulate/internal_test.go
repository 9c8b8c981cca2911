package simulate

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreNearThoseOfTheCalls(t *testing.T) {
	t.Parallel()
	r := newRandom(1, 2)
	var h histogram
	var all []time.Duration
	for range 10000 {
		d := about(r, 20*time.Millisecond)
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.95, 1} {
		got, want := h.quantile(q), all[max(0, int(q*10000)-1)]
		if ratio := float64(got) / float64(want); ratio < 0.95 || ratio > 1.06 {
			t.Errorf("quantile %g: got %s, want about %s", q, got, want)
		}
	}
	if got := new(histogram).quantile(0.5); got != 0 {
		t.Errorf("of no calls: got %s, want 0", got)
	}
	h.add(0)
	h.add(100 * time.Hour)
}

func TestTheMoreOrdersWaitTheFasterTheCrewIs(t *testing.T) {
	t.Parallel()
	c := newCrew(4, 100, pending)
	if got := c.pace(3 * time.Second); got != 3*time.Second {
		t.Errorf("nobody waits: got %s, want the usual 3 s", got)
	}
	for range 12 {
		c.orders <- &order{}
	}
	if got := c.pace(3 * time.Second); got != 750*time.Millisecond {
		t.Errorf("12 wait for 4: got %s, want a quarter of 3 s", got)
	}
}

func TestBasketsDifferAndAreOnTheMenu(t *testing.T) {
	t.Parallel()
	var m menu
	a := answer{body: []byte(`{"pizzas":[{"id":"a"},{"id":"b"},{"id":"c"}],"sizes":["small","large"],"toppings":["x","y"]}`)}
	if !a.decode(&m) {
		t.Fatal("this is no menu")
	}
	pizzas, sizes, customers, fresh := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for n := range uint64(1000) {
		b, isNew := fill(newRandom(1, n), m)
		again, _ := fill(newRandom(1, n), m)
		if encode(b) != encode(again) {
			t.Fatalf("order %d is not the same again", n)
		}
		customers[b.CustomerID]++
		if isNew {
			fresh++
		}
		if len(b.Items) < 1 || len(b.Items) > 20 {
			t.Errorf("%d items", len(b.Items))
		}
		for _, i := range b.Items {
			pizzas[i.PizzaID]++
			sizes[i.Size]++
			if i.Quantity < 1 || i.Quantity > 50 || len(i.Toppings) > 2 {
				t.Errorf("nobody can order %+v", i)
			}
		}
	}
	if len(pizzas) != 3 || pizzas["a"] <= pizzas["b"] || pizzas["b"] <= pizzas["c"] || len(sizes) != 2 {
		t.Errorf("got %v and %v, want all, the first pizza most often", pizzas, sizes)
	}
	if fresh < 200 || fresh > 400 || len(customers)-fresh > 200 {
		t.Errorf("%d of %d customers are new", fresh, len(customers))
	}
}

func TestWrongOrdersAreWrong(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	kinds := map[string]bool{}
	for range 100 {
		b := basket{CustomerID: "c", Items: []item{{PizzaID: "a", Quantity: 1, Size: "small"}}}
		right := encode(b)
		k := wrongOrder(r, b)
		if k.body == right && k.patience == 0 {
			t.Fatalf("nothing is wrong with %+v", k)
		}
		if k.patience > 0 {
			k.body = "impatient"
		}
		kinds[k.body] = true
	}
	if len(kinds) != 5 {
		t.Errorf("got %d kinds of wrong orders, want 5: %v", len(kinds), kinds)
	}
}

func TestRatesAreOrdersPerSecond(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"5/s": 5, "30/m": 0.5, "3600/h": 1, "0.5/s": 0.5} {
		if got, err := parseRate(text); err != nil || got != want {
			t.Errorf("%s: got %g and %v, want %g", text, got, err, want)
		}
	}
}

func TestHelpListsEveryFlag(t *testing.T) {
	t.Parallel()
	var help bytes.Buffer
	if _, err := Parse([]string{"--help"}, &help); err == nil {
		t.Error("got no error to end with")
	}
	for _, flag := range []string{"--url", "--rate", "--duration", "--chaos", "--payment", "--seed"} {
		if !bytes.Contains(help.Bytes(), []byte(flag)) {
			t.Errorf("%s is not in:\n%s", flag, &help)
		}
	}
}
