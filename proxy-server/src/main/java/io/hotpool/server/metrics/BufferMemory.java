package io.hotpool.server.metrics;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** Memory outside of the heap that the allocator of buffers has taken; it keeps some of it for later use. */
final class BufferMemory extends Collector {
    @Override
    public List<MetricFamilySamples> collect() {
        double bytes = ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : Double.NaN;
        return List.of(new GaugeMetricFamily(
                "hotpool_direct_memory_bytes", "Memory outside of the heap that is taken for buffers.", bytes));
    }
}
