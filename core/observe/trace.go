package observe

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TraceConfig says where spans go.
type TraceConfig struct {
	// Endpoint is the base URL of an OTLP/HTTP collector; empty means that nothing is traced.
	Endpoint string
	Service  string
	Version  string
	// Ratio is the share of traces kept that begin here, 0 to 1.
	Ratio float64
}

// NewTracerProvider makes a service's own tracer provider. shutdown sends what is left; call it last.
func NewTracerProvider(ctx context.Context, config TraceConfig) (provider api.TracerProvider, shutdown func(context.Context) error, err error) {
	if config.Endpoint == "" {
		return noop.NewTracerProvider(), func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(config.Endpoint))
	if err != nil {
		return nil, nil, fmt.Errorf("trace exporter: %w", err)
	}
	described := resource.NewSchemaless(
		attribute.String("service.name", config.Service),
		attribute.String("service.version", config.Version),
	)
	sdk := trace.NewTracerProvider(
		trace.WithBatcher(exporter),
		trace.WithResource(described),
		trace.WithSampler(trace.ParentBased(trace.TraceIDRatioBased(config.Ratio))),
	)
	return sdk, sdk.Shutdown, nil
}

// Propagator carries trace context and baggage in headers, as W3C says.
func Propagator() propagation.TextMapPropagator {
	return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
}
