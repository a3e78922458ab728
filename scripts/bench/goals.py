"""What a run must show: ratios to the peers of the same run, and absolute bounds where a ratio means nothing."""

# work, clients (None: any), figure, peer (None: absolute), at most (True) or at least (False), bound
GOALS = [
    ('W1', 16, 'cpu_per_10k', 'squid', True, 0.65),
    ('W1', 64, 'cpu_per_10k', 'squid', True, 0.65),
    ('W1', 16, 'rate', 'squid', False, 1.8),
    ('W1', 64, 'rate', 'squid', False, 1.8),
    ('W2', None, 'cpu_per_10k', 'squid', True, 1.25),
    ('W4', None, 'cpu_per_10k', 'squid', True, 0.55),
    ('W5-down', None, 'cpu_per_gb', 'squid', True, 0.6),
    ('W5-up', None, 'cpu_per_gb', 'squid', True, 0.6),
    ('W3', None, 'seconds', None, True, 1.65),
    ('W6', None, 'cpu_ms', None, True, 4.4),
    ('W7', None, 'kib', None, True, 75),
    ('W9', None, 'connections', None, True, 1),
    ('rest', None, 'mib', None, True, 140),
]


def judge(results):
    """results: {(work, clients): {contestant: {figure: value}}} -> list of verdicts; what was not measured has none."""
    verdicts = []
    for (work, clients), rows in results.items():
        for goal in GOALS:
            if goal[0] == work and goal[1] in (None, clients):
                verdicts += [v for name, row in rows.items() if name.startswith('hotpool') for v in _one(goal, work, clients, name, row, rows)]
    alone, crowd = results.get(('W1', 64), {}), results.get(('W1', 256), {})
    for name in crowd:
        if name.startswith('hotpool') and name in alone:
            value = crowd[name]['cpu_per_10k'] / alone[name]['cpu_per_10k']
            verdicts.append(_verdict('W1', 256, name, 'CPU / own at 64', value, '<=', 1.2))
    return verdicts


def _one(goal, work, clients, name, row, rows):
    _, _, figure, peer, most, bound = goal
    if figure not in row or peer and (peer not in rows or not rows[peer].get(figure)):
        return []
    value = row[figure] / rows[peer][figure] if peer else row[figure]
    return [_verdict(work, clients, name, figure + (' / ' + peer if peer else ''), value, '<=' if most else '>=', bound)]


def _verdict(work, clients, name, what, value, relation, bound):
    met = value <= bound if relation == '<=' else value >= bound
    return {'work': work, 'clients': clients, 'contestant': name, 'what': what, 'value': round(value, 3), 'goal': '%s %s' % (relation, bound), 'met': met}
