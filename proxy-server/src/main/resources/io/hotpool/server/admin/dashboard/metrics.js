// Prometheus text to numbers, and two scrapes to rates and percentiles.
export function parse(page) {
  const samples = [];
  for (const line of page.split("\n")) {
    const match = /^(hotpool_\w+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match) samples.push({ name: match[1], labels: labels(match[2] ?? ""), value: Number(match[3]) });
  }
  return samples;
}

function labels(text) {
  const found = {};
  for (const [, name, value] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) found[name] = value;
  return found;
}

export const sum = (samples, name, matching = {}) => samples
  .filter((sample) => sample.name === name && Object.entries(matching).every(([key, value]) => sample.labels[key] === value))
  .reduce((total, sample) => total + sample.value, 0);

export function byLabel(samples, name, label) {
  const totals = new Map();
  for (const sample of samples.filter((one) => one.name === name)) {
    totals.set(sample.labels[label], (totals.get(sample.labels[label]) ?? 0) + sample.value);
  }
  return totals;
}

/** Percentiles in seconds of what was observed between two scrapes of a histogram; null when nothing was. */
export function percentiles(before, now, name, shares) {
  const old = byLabel(before, `${name}_bucket`, "le");
  const buckets = [...byLabel(now, `${name}_bucket`, "le")]
    .map(([bound, count]) => ({ bound: bound === "+Inf" ? Infinity : Number(bound), count: count - (old.get(bound) ?? 0) }))
    .sort((a, b) => a.bound - b.bound);
  const total = buckets.at(-1)?.count ?? 0;
  return shares.map((share) => (total > 0 ? within(buckets, share * total) : null));
}

function within(buckets, rank) {
  let lower = { bound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (bucket.bound === Infinity) return lower.bound;
      return lower.bound + ((bucket.bound - lower.bound) * (rank - lower.count)) / (bucket.count - lower.count);
    }
    lower = bucket;
  }
  return lower.bound;
}
