package repository_test

import (
	"context"
	"fmt"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
)

func ExampleRepository_Update() {
	ctx := context.Background()
	store := memrepo.New(repository.Schema[account]{Name: "accounts"})
	accounts := repository.New(store, nil)
	fmt.Println(accounts.Add(ctx, newAccount("a1")))

	// The function may run again with what somebody else has saved meanwhile. Its error is returned as it is.
	fmt.Println(accounts.Update(ctx, "a1", func(a *account) error { return a.deposit(20) }))
	fmt.Println(accounts.Update(ctx, "a1", func(a *account) error { return a.deposit(-5) }))
	fmt.Println(accounts.Update(ctx, "a2", func(a *account) error { return a.deposit(20) }))

	a, err := accounts.Get(ctx, "a1")
	fmt.Println(a.balance, a.Version(), err)
	// Output:
	// <nil>
	// <nil>
	// a deposit is positive
	// account "a2" not found
	// 20 2 <nil>
}
