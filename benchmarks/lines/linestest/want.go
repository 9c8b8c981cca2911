package linestest

// wantSpans are the traces of three requests: an order is placed, it is read, and one is asked for that is not there.
const wantSpans = `
POST /orders SERVER
  Command.PlaceOrder INTERNAL code.function.name neuroglia.aggregate.id neuroglia.message.kind neuroglia.message.type neuroglia.outcome order.id order.total
    Repository.add INTERNAL neuroglia.entity.id neuroglia.entity.type neuroglia.repository.operation neuroglia.repository.type
    Event.OrderPlaced INTERNAL code.function.name neuroglia.aggregate.id neuroglia.aggregate.type neuroglia.event.handler neuroglia.event.type neuroglia.outcome
    Event.OrderPlaced INTERNAL code.function.name neuroglia.aggregate.id neuroglia.aggregate.type neuroglia.event.handler neuroglia.event.type neuroglia.outcome
      publish order.placed.v1 PRODUCER cloudevents.event_id cloudevents.event_source cloudevents.event_spec_version cloudevents.event_subject cloudevents.event_type messaging.destination.name messaging.message.id messaging.operation.name messaging.operation.type messaging.system
        process order.placed.v1 CONSUMER cloudevents.event_id cloudevents.event_source cloudevents.event_spec_version cloudevents.event_subject cloudevents.event_type code.function.name messaging.consumer.group.name messaging.destination.name messaging.message.id messaging.operation.name messaging.operation.type messaging.system neuroglia.outcome links=1
GET /orders/{id} SERVER
  Query.GetOrder INTERNAL code.function.name neuroglia.aggregate.id neuroglia.message.kind neuroglia.message.type neuroglia.outcome order.id order.total
    Repository.get INTERNAL neuroglia.entity.id neuroglia.entity.type neuroglia.repository.found neuroglia.repository.operation neuroglia.repository.type
GET /orders/{id} SERVER
  Query.GetOrder INTERNAL code.function.name neuroglia.aggregate.id neuroglia.message.kind neuroglia.message.type neuroglia.outcome order.id
    Repository.get INTERNAL neuroglia.entity.id neuroglia.entity.type neuroglia.repository.found neuroglia.repository.operation neuroglia.repository.type
`

// wantMetrics are the metrics that both services have. The framework has more, such as neuroglia.event.lag.
const wantMetrics = `
neuroglia.command.duration s
  {neuroglia.message.type=PlaceOrder neuroglia.outcome=success} buckets=15 count=1
neuroglia.query.duration s
  {neuroglia.message.type=GetOrder neuroglia.outcome=rejected} buckets=15 count=1
  {neuroglia.message.type=GetOrder neuroglia.outcome=success} buckets=15 count=1
neuroglia.message.active {message}
  {neuroglia.message.kind=command neuroglia.message.type=PlaceOrder} value=0
  {neuroglia.message.kind=query neuroglia.message.type=GetOrder} value=0
neuroglia.event.processing.duration s
  {neuroglia.event.handler=* neuroglia.event.type=OrderPlaced neuroglia.outcome=success} buckets=15 count=1
  {neuroglia.event.handler=* neuroglia.event.type=OrderPlaced neuroglia.outcome=success} buckets=15 count=1
neuroglia.repository.operation.duration s
  {neuroglia.entity.type=Order neuroglia.repository.operation=add neuroglia.repository.type=*} buckets=15 count=1
  {neuroglia.entity.type=Order neuroglia.repository.operation=get neuroglia.repository.type=*} buckets=15 count=2
messaging.client.sent.messages {message}
  {messaging.destination.name=order.placed.v1 messaging.operation.name=publish messaging.system=memory} value=1
messaging.client.operation.duration s
  {messaging.destination.name=order.placed.v1 messaging.operation.name=publish messaging.system=memory} buckets=15 count=1
messaging.client.consumed.messages {message}
  {messaging.consumer.group.name=kitchen messaging.destination.name=order.placed.v1 messaging.operation.name=process messaging.system=memory} value=1
messaging.process.duration s
  {messaging.consumer.group.name=kitchen messaging.destination.name=order.placed.v1 messaging.operation.name=process messaging.system=memory neuroglia.outcome=success} buckets=15 count=1
`
