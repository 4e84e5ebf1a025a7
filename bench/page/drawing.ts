import { HEIGHT, type Panel, panelMarkup, WIDTH } from './panel.ts';

/** Colours that are told apart on light and dark ground, and by those who see no red or green. */
const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #565d68; }
  .title { font-weight: 600; font-size: 12px; fill: #16191d; }
  .grid { stroke: #dddfe3; }
  .axis { stroke: #868d98; fill: none; }
  .line-1 { --colour: #0a5fb4; } .line-2 { --colour: #b35900; } .line-3 { --colour: #6b4fa3; }
  [class^=line] path { stroke: var(--colour); stroke-width: 2; fill: none; }
  [class^=line] circle { fill: var(--colour); }
  .ground { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #a4acb7; } .title { fill: #e9ebee; }
    .grid { stroke: #2c323a; } .axis { stroke: #78828f; }
    .line-1 { --colour: #6cb2ff; } .line-2 { --colour: #f2a65a; } .line-3 { --colour: #b9a3f0; }
    .ground { fill: #101316; }
  }`;

/** Charts beside each other, as a file that browsers show in light and dark. */
export function drawing(title: string, panels: readonly Panel[]): string {
  const placed = panels.map(
    (panel, index) => `<g transform="translate(${index * WIDTH} 0)">\n${panelMarkup(panel)}\n</g>`,
  );
  const width = WIDTH * panels.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img">
<title>${title}</title>
<style>${STYLE}
</style>
<rect class="ground" width="${width}" height="${HEIGHT}" rx="6"/>
${placed.join('\n')}
</svg>
`;
}
