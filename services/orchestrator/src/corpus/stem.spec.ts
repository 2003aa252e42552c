import { describe, expect, it } from '@jest/globals';
import { stem } from './stem.js';

describe('stem', () => {
  it.each([
    ['limit', 'limits', 'limited', 'limiting'],
    ['validate', 'validates', 'validating', 'validation', 'validator'],
    ['parse', 'parses', 'parsed', 'parser', 'parsing'],
    ['dependency', 'dependencies'],
    ['concurrent', 'concurrency', 'concurrently'],
    ['serialize', 'serialized', 'serialization'],
    ['run', 'running'],
    ['install', 'installed', 'installing'],
    ['connect', 'connection', 'connections', 'connected'],
    ['class', 'classes'],
  ])('%s shares its stem with its forms', (...words) => {
    expect(new Set(words.map(stem)).size).toBe(1);
  });

  it.each([
    ['valid', 'validate'],
    ['event', 'even'],
    ['state', 'stay'],
  ])('%s and %s stay apart', (left, right) => {
    expect(stem(left)).not.toBe(stem(right));
  });

  it('leaves short words, numbers and other scripts alone', () => {
    expect(['bus', 'js', 'utf8', 'größe', '日本'].map(stem)).toEqual(['bus', 'js', 'utf8', 'größe', '日本']);
  });
});
