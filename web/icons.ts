import { svg, type TemplateResult } from 'lit-html';

const icon = (path: TemplateResult): TemplateResult => svg`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${path}</svg>`;

export const phoneIcon = icon(svg`<path d="M1.9.5a1.7 1.7 0 0 1 2.6.2l1.8 2.3c.3.4.4 1 .3 1.5l-.5 2.2a.7.7 0 0 0 .2.6l2.4 2.4a.7.7 0 0 0 .6.2l2.2-.5c.5-.1 1 0 1.5.3l2.3 1.8c.8.6.9 1.8.2 2.6l-1 1a2.7 2.7 0 0 1-2.9.7 18 18 0 0 1-7-4.4A18 18 0 0 1 .2 4.500a2.700 2.700 0 0 1 .6-2.900z"/>`);
export const personIcon = icon(svg`<circle cx="8" cy="4.500" r="3.500"/><path d="M1.500 15a6.500 5.500 0 0 1 13 0z"/>`);
export const liveIcon = icon(svg`<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.500"/><circle cx="8" cy="8" r="3"/>`);
export const musicIcon = icon(svg`<path d="M6 2.500 14 1v9.500a2.200 2 0 1 1-1.500-1.900V4.300l-5 1v7.200A2.200 2 0 1 1 6 10.600z"/>`);
export const playIcon = icon(svg`<path d="M4 2.300v11.400l9.500-5.700z"/>`);
export const warningIcon = icon(svg`<path d="M8 1 0 15h16zm-.8 5h1.600v4.500H7.200zm0 6h1.600v1.600H7.200z"/>`);

/** Bars that grow to the right: loudness or connection quality; the words beside them say the same. */
export function meter(level: number, of: number): TemplateResult {
  const bars = Array.from({ length: of }, (_, index) => {
    const height = 4 + (12 * index) / Math.max(1, of - 1);
    return svg`<rect class=${index < level ? 'on' : 'off'} x=${index * 6} y=${16 - height} width="4" height=${height} rx="1"/>`;
  });
  return svg`<svg class="meter" width=${of * 6 - 2} height="16" viewBox=${`0 0 ${of * 6 - 2} 16`} aria-hidden="true" focusable="false">${bars}</svg>`;
}
