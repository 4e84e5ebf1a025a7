import { isIP } from 'node:net';
import type { Destination } from './destinations.ts';
import {
  type Component,
  type KubernetesObject,
  type Manifest,
  metadata,
  type Surroundings,
  selectorLabels,
} from './manifest.ts';

/** What pods of a component may speak to, and who may speak to them. */
export interface Traffic {
  readonly name: string;
  readonly component: Component;
  readonly destinations: readonly Destination[];
  /** Components of the same export that are spoken to, and their ports. */
  readonly components: readonly (readonly [Component, number])[];
  /** Where the pods listen; undefined: nowhere. */
  readonly port: number | undefined;
}

/** 5353 is where some clusters' own servers listen behind the service of that name. */
const DNS_PORTS = [53, 5353];

export function networkPolicy(traffic: Traffic, surroundings: Surroundings): Manifest {
  const { name, component, port, destinations, components } = traffic;
  const peers = destinations.map((destination) => ({ destination, ...peerOf(destination) }));
  const object: KubernetesObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(name, component, surroundings),
    spec: {
      podSelector: { matchLabels: selectorLabels(component) },
      policyTypes: ['Ingress', 'Egress'],
      // Whoever is in the cluster, because nobody here knows where Prometheus is; the token says who may read.
      ingress: port === undefined ? [] : [{ from: [{ namespaceSelector: {} }], ports: [tcp(port)] }],
      egress: [
        { ports: DNS_PORTS.flatMap((dns) => [{ port: dns, protocol: 'UDP' }, tcp(dns)]) },
        ...components.map(([other, otherPort]) => ({
          to: [{ podSelector: { matchLabels: selectorLabels(other) } }],
          ports: [tcp(otherPort)],
        })),
        ...distinct(peers.map(({ rule }) => rule)),
      ],
    },
  };
  return {
    name: 'network-policy',
    comment: [
      'What the pods may speak to: name servers, and what the configuration names. A NetworkPolicy cannot match the name of',
      'a host. Where the configuration has a name, its port is open to every address: narrow it down with `ipBlock` if the',
      'addresses are known and stay.',
      ...peers.map(
        ({ destination: { what, host, port: at }, allowed }) => `- ${what}, ${host}:${at}: ${allowed}`,
      ),
      ...(port === undefined
        ? ['Nothing speaks to these pods.']
        : [`Who may speak to them: pods of the cluster, at port ${port}. Probes of the node always may.`]),
    ],
    objects: [object],
  };
}

const tcp = (port: number) => ({ port, protocol: 'TCP' });

interface Peer {
  readonly rule: object;
  readonly allowed: string;
}

/** The port of a service may be another one than that of its pods, which is what counts: so services are allowed whole. */
function peerOf({ host, port }: Destination): Peer {
  const version = isIP(host);
  if (version !== 0) {
    const cidr = `${host}/${version === 4 ? 32 : 128}`;
    return { rule: { to: [{ ipBlock: { cidr } }], ports: [tcp(port)] }, allowed: 'this address and port' };
  }
  const [, namespace] = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(?:\.|$)/.exec(host) ?? [];
  if (namespace !== undefined) {
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    return { rule: { to: [{ namespaceSelector }] }, allowed: `all pods of the namespace ${namespace}` };
  }
  if (!host.includes('.'))
    return { rule: { to: [{ podSelector: {} }] }, allowed: 'all pods of this namespace' };
  return { rule: { ports: [tcp(port)] }, allowed: 'every address at this port' };
}

const distinct = (rules: readonly object[]): readonly object[] => [
  ...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values(),
];
