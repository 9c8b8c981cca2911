package rules_test

import "go.opentelemetry.io/otel/attribute"

func collectorStories() []story {
	all := []story{collectorMissing(), queueFills(), collectorMisunderstands()}
	of := []struct{ alert, counter, key, part, summary, description string }{
		{
			"CollectorRefuses", "otelcol_receiver_refused_", "receiver", "otlp", "The collector refuses telemetry",
			"It has too little memory, or a queue is full. Services try again for a minute, then drop what they have.",
		},
		{
			"CollectorLosesData", "otelcol_exporter_send_failed_", "exporter", "otlp_http/loki", "otlp_http/loki gave telemetry up",
			"The store refused it for good. It is lost.",
		},
		{
			"CollectorQueueFull", "otelcol_exporter_enqueue_failed_", "exporter", "otlp_http/loki", "otlp_http/loki cannot queue telemetry",
			"Its queue is full, or its disk is.",
		},
	}
	for _, c := range of {
		for signal, items := range map[string]string{"traces": "spans", "metrics": "metric_points", "logs": "log_records"} {
			counter := func(values timeline) []series {
				return []series{foreign(c.counter+items+"_total", values, attribute.String(c.key, c.part),
					attribute.String("service.instance.id", "c1"))}
			}
			all = append(all, story{
				alert: c.alert, severity: "page",
				given:      counter(missing(10).grow(1, 20).stay(20)), // once, and never before
				quietUntil: 10, firesAt: 13, resolvedAt: 16,
				fires: []firing{{
					labels:  map[string]string{"signal": signal, c.key: c.part},
					summary: c.summary + ": " + signal, description: c.description + " 20 in five minutes.",
				}},
				nearMisses: map[string][]series{
					"none " + signal: counter(begin(0).stay(30)),
					signal + " of before a gap in the telemetry": counter(begin(0).stay(30).missing(30).stay(10)),
				},
			})
		}
	}
	return all
}

func collectorMissing() story {
	uptime := func(values timeline) []series {
		return []series{foreign("otelcol_process_uptime_seconds_total", values)}
	}
	return story{
		alert: "CollectorMissing", severity: "page", given: uptime(begin(0).grow(10, 60).missing(20).grow(10, 60)),
		quietUntil: 14, firesAt: 18, resolvedAt: 31,
		fires: []firing{{
			summary:     "The collector sends no telemetry of its own",
			description: "It is down, or cannot reach Prometheus. Services keep a little telemetry and then drop it.",
		}},
		nearMisses: map[string][]series{
			"a start":   uptime(missing(2).grow(20, 60)),
			"a restart": uptime(begin(0).grow(10, 60).missing(5).level(20, 60)),
		},
	}
}

func queueFills() story {
	queue := func(used timeline) []series {
		of := func(name string, values timeline) series {
			return foreign(name, values, attribute.String("exporter", "otlp_http/loki"), attribute.String("data_type", "logs"))
		}
		return []series{
			of("otelcol_exporter_queue_size", used), of("otelcol_exporter_queue_capacity", timeline{}.level(len(used), 1000)),
		}
	}
	return story{
		alert: "CollectorQueueFills", severity: "page", given: queue(timeline{}.level(11, 0).level(10, 900).level(10, 0)),
		quietUntil: 11, firesAt: 15, resolvedAt: 21,
		fires: []firing{{
			labels:      map[string]string{"exporter": "otlp_http/loki", "data_type": "logs"},
			summary:     "The queue of otlp_http/loki is 90% full",
			description: "A store does not take telemetry. When the queue is full, new telemetry is refused, and then lost.",
		}},
		nearMisses: map[string][]series{"less than the limit": queue(timeline{}.level(30, 790))},
	}
}

func collectorMisunderstands() story {
	answers := func(code string, values timeline) []series {
		return []series{foreign("otelcol_receiver_http_duration_seconds_count", values,
			attribute.String("http.response.status_code", code), attribute.String("service.instance.id", "c1"))}
	}
	return story{
		alert: "CollectorMisunderstands", severity: "ticket", given: answers("400", missing(10).grow(1, 20).stay(20)),
		quietUntil: 10, firesAt: 13, resolvedAt: 16,
		fires: []firing{{
			labels:      map[string]string{"http_response_status_code": "400"},
			summary:     "The collector answers 400 to what is sent to it",
			description: "It is no OTLP, or more than 20 MiB at once. Whoever sends it drops it. 20 times in five minutes.",
		}},
		nearMisses: map[string][]series{
			"good answers": answers("200", begin(0).grow(30, 20)),
			"full queues":  answers("503", begin(0).grow(30, 20)),
		},
	}
}
