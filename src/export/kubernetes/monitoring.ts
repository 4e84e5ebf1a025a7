import type { KubernetesObject, Manifest, Surroundings } from './manifest.ts';
import { APPLICATION, metadata, selectorLabels } from './manifest.ts';

/** Rules as docs/operating/alerts.yaml has them. */
export interface AlertRules {
  readonly groups: readonly unknown[];
}

/** Where the token of the status page is: the name of a Secret, and a key in it. */
export interface TokenKey {
  readonly name: string;
  readonly key: string;
}

/** What the Prometheus operator scrapes, and by which rules it alerts. */
export function monitoring(
  token: TokenKey,
  rules: AlertRules,
  surroundings: Surroundings,
): readonly Manifest[] {
  const podMonitor: KubernetesObject = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: metadata(APPLICATION, 'collector', surroundings),
    spec: {
      selector: { matchLabels: selectorLabels('collector') },
      // Prometheus calls the target pp-db-collector, as the rules have it.
      jobLabel: 'app.kubernetes.io/name',
      podMetricsEndpoints: [
        { port: 'http', path: '/metrics', honorLabels: true, authorization: { credentials: token } },
      ],
    },
  };
  const prometheusRule: KubernetesObject = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: metadata(APPLICATION, 'collector', surroundings),
    spec: { groups: rules.groups },
  };
  const labels =
    'Its Prometheus may want a label on what it takes, such as `release`: see its podMonitorSelector and ruleSelector.';
  return [
    {
      name: 'pod-monitor',
      comment: [
        'For the Prometheus operator. The label `job` of metrics is the job of pp-db-collector.',
        labels,
      ],
      objects: [podMonitor],
    },
    {
      name: 'prometheus-rule',
      comment: [
        'For the Prometheus operator: alerts, each with a section in the manual. They are those of every release.',
        labels,
      ],
      objects: [prometheusRule],
    },
  ];
}
