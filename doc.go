// Package neuroglia is the root of Neuroglia for Go, a framework for services made of commands, queries and domain
// events, in which everything is traced, measured and logged by construction.
//
// It holds no code. Start with package app for the life of a service, mediator for its messages, aggregate and
// repository for its state, eventbus for what it tells others, and the modules web and observability.
package neuroglia
