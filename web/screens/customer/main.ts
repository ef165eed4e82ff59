export { open } from '../absent/main.ts';
