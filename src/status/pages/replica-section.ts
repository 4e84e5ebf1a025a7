import { badge } from '../../look/icon.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { ReplicaView } from '../daemon-view.ts';
import { timeInText, type Viewpoint } from './times.ts';

interface ReplicaFacts {
  readonly replicas: readonly ReplicaView[];
  readonly viewpoint: Viewpoint;
}

/** The processes that run the same jobs. */
export function replicaSection({ replicas, viewpoint }: ReplicaFacts): Markup {
  if (replicas.length === 0) return undefined;
  const items = replicas.map((replica) => html`<li>${replicaOf(replica, viewpoint)}</li>`);
  return html`<section aria-labelledby="replicas-title">
    <h2 id="replicas-title">Replicas</h2>
    <ul>${items}</ul>
  </section>`;
}

function replicaOf(replica: ReplicaView, viewpoint: Viewpoint): Markup {
  const { holder, startedAt, seenAt, isAlive, isThis, hasSameConfiguration, configurationSince } = replica;
  const name = html`${said(holder)}${isThis ? ', which shows this page' : ''}`;
  if (!isAlive) {
    const words = 'Not seen any more';
    return html`${name}: ${badge({ words, tone: 'warn', shape: 'triangle' })} since ${timeInText(seenAt, viewpoint)}`;
  }
  const started = html`${name}: there since ${timeInText(startedAt, viewpoint)}`;
  if (hasSameConfiguration) return started;
  const words = 'Another configuration';
  return html`${started}. ${badge({ words, tone: 'warn', shape: 'triangle' })} since ${timeInText(configurationSince, viewpoint)}`;
}
