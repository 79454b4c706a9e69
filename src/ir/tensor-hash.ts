import { sameShape } from '#tensor/shape.js';
import type { Tensor } from '#tensor/tensor.js';
import { sameBytes } from './tensor-elements.js';

const SAMPLES = 64;
const PRIME = 0x01000193;
const encoder = new TextEncoder();
const hashes = new WeakMap<Tensor, string>();

/** 64 bits of a tensor's content, in hexadecimal; computed once a tensor. Dtype and shape do not enter. */
export function contentHash(tensor: Tensor): string {
  let hash = hashes.get(tensor);
  if (hash === undefined) {
    hash = hashOf(bytesOf(tensor));
    hashes.set(tensor, hash);
  }
  return hash;
}

/** Equal dtype, shape and bits. */
export function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) return false;
  // Deferred contents are not made for a comparison: where they are equal but for where they lie, they stay apart.
  if (a.deferred || b.deferred) return a.deferred?.key === b.deferred?.key;
  if (a.dtype === 'string') return a.strings.every((text, i) => sameBytes(text, b.strings[i] as Uint8Array));
  return sameBytes(a.bytes, b.bytes);
}

/**
 * Numbers tensors so that equal ones get equal numbers. A tensor is read in full only where another one agrees with it
 * in dtype, shape and a sample of its content, and then at most twice.
 */
export class TensorNumbering {
  /** By sample; then, where samples meet, by content. */
  readonly #bySample = new Map<string, Tensor | Map<string, Tensor[]>>();
  readonly #numbers = new Map<Tensor, number>();
  #next = 0;

  numberOf(tensor: Tensor): number {
    let number = this.#numbers.get(tensor);
    if (number === undefined) {
      const equal = this.#find(tensor);
      number = equal === tensor ? this.#next++ : (this.#numbers.get(equal) as number);
      this.#numbers.set(tensor, number);
    }
    return number;
  }

  /** The first tensor met that equals this one; itself where it is new. */
  #find(tensor: Tensor): Tensor {
    const sample = `${tensor.dtype}|${tensor.shape.join('x')}|${sampleOf(tensor)}`;
    const met = this.#bySample.get(sample);
    if (met === undefined) {
      this.#bySample.set(sample, tensor);
      return tensor;
    }
    if (met instanceof Map) return findByContent(met, tensor);
    // Mostly a sample that agrees belongs to an equal tensor, which comparing shows without hashing either.
    if (sameTensor(met, tensor)) return met;
    const byContent = new Map([[contentHash(met), [met]]]);
    this.#bySample.set(sample, byContent);
    return findByContent(byContent, tensor);
  }
}

function findByContent(byContent: Map<string, Tensor[]>, tensor: Tensor): Tensor {
  const hash = contentHash(tensor);
  const met = byContent.get(hash) ?? [];
  const equal = met.find((other) => sameTensor(other, tensor));
  if (equal) return equal;
  byContent.set(hash, [...met, tensor]);
  return tensor;
}

function bytesOf(tensor: Tensor): Uint8Array {
  if (tensor.deferred) return encoder.encode(tensor.deferred.key);
  if (tensor.dtype !== 'string') return tensor.bytes;
  // Lengths keep ["ab"] apart from ["a", "b"].
  return Buffer.concat(tensor.strings.flatMap((text) => [encoder.encode(`${text.length}:`), text]));
}

/** A hash of the end and of evenly spread words: different weights nearly always differ there. */
function sampleOf(tensor: Tensor): number | string {
  if (tensor.deferred) return tensor.deferred.key;
  const bytes = bytesOf(tensor);
  const words = wordsOf(bytes);
  const step = Math.max(1, Math.floor(words.length / SAMPLES));
  let hash = bytes.length;
  for (let i = words.length - 1; i >= 0; i -= step)
    hash = Math.imul(hash ^ (words[i] as number), PRIME) ^ (hash >>> 15);
  for (let i = words.length * 4; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), PRIME);
  return hash;
}

/** Two multiplicative hashes side by side, over 32-bit words. */
function hashOf(bytes: Uint8Array): string {
  const words = wordsOf(bytes);
  let a = bytes.length ^ 0x2f0b4c47;
  let b = 0x1b873593;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    a = Math.imul(a ^ word, PRIME) ^ (a >>> 15);
    b = Math.imul(b + word, 0x5bd1e995) ^ (b >>> 13);
  }
  for (let i = words.length * 4; i < bytes.length; i++) {
    a = Math.imul(a ^ (bytes[i] as number), PRIME);
    b = Math.imul(b + (bytes[i] as number), 0x5bd1e995);
  }
  a ^= a >>> 16;
  b ^= b >>> 15;
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}

/** The whole 32-bit words of the bytes; a view where they are aligned. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
}
