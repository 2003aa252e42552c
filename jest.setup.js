// Nest's modules import each other in a circle; under jest's ESM loader the order decides. Specs of pages
// (jsdom) have no Nest, and lack what browsers have.
if (typeof window === 'undefined') {
  await import('reflect-metadata');
  await import('@nestjs/common');
  await import('@nestjs/core');
}
