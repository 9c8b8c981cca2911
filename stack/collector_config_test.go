package stack_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type tree = map[string]any

// read parses a YAML file of the repository.
func read(t *testing.T, name string) tree {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	var parsed tree
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return parsed
}

// merge does as the collector does with several configurations: maps are joined, everything else is replaced.
func merge(into, added tree) tree {
	for key, value := range added {
		below, isMap := value.(tree)
		if there, ok := into[key].(tree); ok && isMap {
			merge(there, below)
		} else {
			into[key] = value
		}
	}
	return into
}

// at returns what is below a path of keys, nil if there is nothing.
func at(from any, path ...string) any {
	for _, key := range path {
		below, _ := from.(tree)
		from = below[key]
	}
	return from
}

func names(list any) []string {
	var found []string
	for _, item := range list.([]any) {
		found = append(found, item.(string))
	}
	return found
}

// collectors returns each configuration that a collector is started with.
func collectors(t *testing.T) map[string]tree {
	t.Helper()
	const base = "deployment/otel/otel-collector-config.yaml"
	variants := map[string]tree{"dev": read(t, base)}
	overlays, err := filepath.Glob("../deployment/otel/otel-collector-config.*.yaml")
	if err != nil || len(overlays) != 2 {
		t.Fatal(overlays, err)
	}
	for _, overlay := range overlays {
		variants[filepath.Base(overlay)] = merge(read(t, base), read(t, strings.TrimPrefix(overlay, "../")))
	}
	return variants
}

func kind(component string) string {
	before, _, _ := strings.Cut(component, "/")
	return before
}

func TestCollectorsUseNothingThatWasRemovedOrIsBeingRetired(t *testing.T) {
	t.Parallel()
	removed := map[string][]string{
		"receivers":  {"opencensus"},
		"processors": {"batch"}, // it takes data off the senders' hands before it is safe
		"exporters":  {"loki", "logging", "opencensus", "otlp", "otlphttp", "prometheus", "prometheusremotewrite"},
		"extensions": {"memory_ballast", "ballast", "healthcheckv2"},
	}
	for variant, config := range collectors(t) {
		for section, kinds := range removed {
			for component := range at(config, section).(tree) {
				if slices.Contains(kinds, kind(component)) {
					t.Errorf("%s: %s has %s", variant, section, component)
				}
			}
		}
		if at(config, "service", "telemetry", "metrics", "address") != nil {
			t.Errorf("%s: service.telemetry.metrics.address is no more", variant)
		}
		if at(config, "extensions", "health_check", "check_collector_pipeline") != nil {
			t.Errorf("%s: check_collector_pipeline does not work", variant)
		}
	}
}

func TestEachPipelineOfACollectorLimitsMemoryFirst(t *testing.T) {
	t.Parallel()
	for variant, config := range collectors(t) {
		for name, pipeline := range at(config, "service", "pipelines").(tree) {
			if processors := names(at(pipeline, "processors")); processors[0] != "memory_limiter" {
				t.Errorf("%s: %s starts with %s", variant, name, processors[0])
			}
		}
	}
}

func TestACollectorUsesWhatItDefinesAndDefinesWhatItUses(t *testing.T) {
	t.Parallel()
	for variant, config := range collectors(t) {
		used := map[string]map[string]bool{"extensions": {}, "receivers": {}, "processors": {}, "exporters": {}, "connectors": {}}
		for _, name := range names(at(config, "service", "extensions")) {
			used["extensions"][name] = true
		}
		connectors, _ := at(config, "connectors").(tree)
		received, exported := map[string]bool{}, map[string]bool{}
		for _, pipeline := range at(config, "service", "pipelines").(tree) {
			for section, ends := range map[string]map[string]bool{"receivers": received, "processors": nil, "exporters": exported} {
				for _, name := range names(at(pipeline, section)) {
					if _, ok := connectors[name]; ok {
						used["connectors"][name], ends[name] = true, true
					} else {
						used[section][name] = true
					}
				}
			}
		}
		for section, components := range used {
			defined, _ := at(config, section).(tree)
			if got, want := slices.Sorted(maps.Keys(defined)), slices.Sorted(maps.Keys(components)); !slices.Equal(got, want) {
				t.Errorf("%s: %s defines %v and uses %v", variant, section, got, want)
			}
		}
		if !maps.Equal(received, exported) {
			t.Errorf("%s: connectors %v are received from, %v sent to", variant, received, exported)
		}
	}
}

func TestEachStoreOfACollectorHasItsSignalAndAQueueOnDisk(t *testing.T) {
	t.Parallel()
	signals := map[string]string{"otlp_http/prometheus": "metrics", "otlp_http/loki": "logs", "otlp_grpc/tempo": "traces"}
	for variant, config := range collectors(t) {
		for name, exporter := range at(config, "exporters").(tree) {
			if name == "debug" && strings.Contains(variant, "debug") {
				continue
			}
			if signals[name] == "" {
				t.Errorf("%s: %s is a second way for a signal", variant, name)
			}
			if at(exporter, "sending_queue", "storage") != "file_storage/queue" || at(exporter, "sending_queue", "sizer") != "bytes" {
				t.Errorf("%s: the queue of %s is %v", variant, name, at(exporter, "sending_queue"))
			}
			if at(exporter, "sending_queue", "batch") == nil || at(exporter, "timeout") == nil {
				t.Errorf("%s: %s has no batch or no timeout", variant, name)
			}
			if at(exporter, "retry_on_failure", "enabled") != true || at(exporter, "retry_on_failure", "max_elapsed_time") != "0s" {
				t.Errorf("%s: the retries of %s are %v, but must not end", variant, name, at(exporter, "retry_on_failure"))
			}
			if ordered := name != "otlp_grpc/tempo"; ordered && at(exporter, "sending_queue", "num_consumers") != 1 {
				t.Errorf("%s: %s does not keep what waits in order", variant, name)
			}
		}
		for name, pipeline := range at(config, "service", "pipelines").(tree) {
			for _, exporter := range names(at(pipeline, "exporters")) {
				if signal, ok := signals[exporter]; ok && signal != kind(name) {
					t.Errorf("%s: %s goes to %s", variant, name, exporter)
				}
			}
		}
	}
}

func TestMetricsOfSpansComeFromOnePlace(t *testing.T) {
	t.Parallel()
	for variant, overlay := range map[string]string{"dev": "", "otel-collector-config.prod.yaml": "docker-compose.mario.prod.yml"} {
		compose := read(t, "docker-compose.mario.yml")
		if overlay != "" {
			merge(compose, read(t, overlay))
		}
		tempo := at(compose, "services", "tempo", "environment", "TEMPO_PROCESSORS") != "[]"
		connectors, _ := at(collectors(t)[variant], "connectors").(tree)
		_, collector := connectors["spanmetrics"]
		if tempo == collector {
			t.Errorf("%s: Tempo makes them is %t, the collector makes them is %t", variant, tempo, collector)
		}
	}
}

func TestStoresUseNothingThatWasRemoved(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"deployment/tempo/tempo.yaml":      {"ingester", "compactor", "ingester_client", "metrics_generator_client", "traces_storage"},
		"deployment/loki/loki-config.yaml": {"table_manager", "chunk_store_config"},
	} {
		config := read(t, name)
		for _, key := range keys {
			if _, ok := config[key]; ok {
				t.Errorf("%s has %s", name, key)
			}
		}
		text, _ := os.ReadFile(filepath.Join("..", name))
		for _, word := range []string{"boltdb", "local-blocks"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s", name, word)
			}
		}
	}
}

func TestLokiIndexesThreeLabelsOnly(t *testing.T) {
	t.Parallel()
	attributes := at(read(t, "deployment/loki/loki-config.yaml"), "limits_config", "otlp_config", "resource_attributes")
	list := at(attributes, "attributes_config").([]any)
	want := []string{"service.name", "service.namespace", "deployment.environment.name"}
	if at(attributes, "ignore_defaults") != true || len(list) != 1 || !slices.Equal(names(at(list[0], "attributes")), want) {
		t.Error(attributes)
	}
}

func TestNothingTellsItsMakersAboutItsUse(t *testing.T) {
	t.Parallel()
	if at(read(t, "deployment/loki/loki-config.yaml"), "analytics", "reporting_enabled") != false {
		t.Error("Loki does")
	}
	if at(read(t, "deployment/tempo/tempo.yaml"), "usage_report", "reporting_enabled") != false {
		t.Error("Tempo does")
	}
	grafana := at(read(t, "docker-compose.mario.yml"), "services", "grafana", "environment")
	for _, key := range []string{"REPORTING_ENABLED", "CHECK_FOR_UPDATES", "CHECK_FOR_PLUGIN_UPDATES", "FEEDBACK_LINKS_ENABLED"} {
		if at(grafana, "GF_ANALYTICS_"+key) != "false" {
			t.Errorf("Grafana does: GF_ANALYTICS_%s", key)
		}
	}
}
