import { constantOf } from '#ir/constant.js';
import { regionInputs } from '#ir/control-flow.js';
import { Op, type Region, type Value } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { type Range, unite } from '../affine.js';
import { floatType, type QuantizationJob } from '../job.js';
import { contentRange } from '../weights/quantize-constant.js';

/**
 * Where control flow hands float32 numbers on: a value that a loop carries, one that branches take, or one that they
 * give. Whatever comes to stand there has one element type and scale, in all runs of the bodies.
 */
export interface Place {
  readonly op: Op;
  /** Values that are only names of the place: arguments of bodies, results. */
  readonly names: readonly Value[];
  /** What comes to stand there: operands, and what bodies give. */
  readonly sources: readonly Value[];
  /** Of `sources`, those that come from outside of the op. */
  readonly operands: ReadonlySet<Value>;
  readonly group: PlaceGroup;
}

/** Places that hand on to each other without an op between. */
export interface PlaceGroup {
  readonly places: readonly Place[];
}

/** The places of a module, and which of them belong together. */
export class Places {
  readonly #byName = new Map<Value, Place>();
  readonly #bySource = new Map<Value, Place[]>();
  readonly groups: readonly PlaceGroup[];

  constructor(module: Module) {
    const places: Place[] = [];
    for (const op of module.ops()) if (op.definition.control) places.push(...placesOf(op));
    for (const place of places) {
      for (const name of place.names) this.#byName.set(name, place);
      for (const source of place.sources) {
        const known = this.#bySource.get(source);
        if (known) known.push(place);
        else this.#bySource.set(source, [place]);
      }
    }
    this.groups = this.#grouped(places);
  }

  /** The place that an argument of a body or a result of control flow is a name of. */
  named(value: Value): Place | undefined {
    return this.#byName.get(value);
  }

  /** The places to which a value is handed. */
  takers(value: Value): readonly Place[] {
    return this.#bySource.get(value) ?? [];
  }

  #grouped(places: readonly Place[]): PlaceGroup[] {
    const groups: PlaceGroup[] = [];
    const seen = new Set<Place>();
    for (const start of places) {
      if (seen.has(start)) continue;
      const group: Place[] = [];
      const pending = [start];
      seen.add(start);
      for (let place = pending.pop(); place; place = pending.pop()) {
        group.push(place);
        const before = place.sources.flatMap((source) => this.#byName.get(source) ?? []);
        const behind = place.names.flatMap((name) => this.takers(name));
        for (const other of [...before, ...behind]) {
          if (seen.has(other)) continue;
          seen.add(other);
          pending.push(other);
        }
      }
      const whole = { places: group };
      for (const place of group) (place as { group: PlaceGroup }).group = whole;
      groups.push(whole);
    }
    return groups;
  }
}

const alone: PlaceGroup = { places: [] };

function placesOf(op: Op): Place[] {
  const inputs = regionInputs(op);
  const isLoop = op.definition.control === 'loop';
  const bodies = isLoop ? op.regions.slice(1) : op.regions;
  const place = (
    names: (Value | undefined)[],
    operands: (Value | undefined)[],
    given: (Value | undefined)[],
  ): Place[] => {
    const ownNames = names.filter((value) => value !== undefined);
    if (!ownNames.every(floatType)) return [];
    const own = new Set(ownNames);
    const sources = [...operands, ...given].filter((value) => value !== undefined && !own.has(value)) as Value[];
    const outside = new Set(operands.filter((value) => value !== undefined));
    return [{ op, names: ownNames, sources, operands: outside, group: alone }];
  };
  const args = (i: number) => op.regions.map((region) => region.args[i]);
  if (isLoop) {
    return inputs.flatMap((input, i) =>
      place(
        [...args(i), op.results[i]],
        [input],
        bodies.map(({ outputs }) => outputs[i]),
      ),
    );
  }
  return [
    ...inputs.flatMap((input, i) => place(args(i), [input], [])),
    ...op.results.flatMap((result, i) =>
      place(
        [result],
        [],
        bodies.map(({ outputs }) => outputs[i]),
      ),
    ),
  ];
}

/** Where the numbers of a value lie: as is known of it, or else of what comes to stand in its place. */
export function rangeIn(places: Places, job: QuantizationJob, value: Value): Range | undefined {
  const known = job.rangeOf(value);
  const place = known ? undefined : places.named(value);
  return known ?? (place && groupRange(place.group, job));
}

/** Where all lies that comes to stand in the places of a group. */
export function groupRange({ places }: PlaceGroup, job: QuantizationJob): Range | undefined {
  let range: Range | undefined;
  for (const { sources, names } of places) {
    for (const value of [...sources, ...names]) {
      const constant = constantOf(value);
      range = unite(range, constant ? contentRange(constant) : job.rangeOf(value));
    }
  }
  return range;
}

/** Ops that compute what comes to stand in the places of a group, and those that take it; constants and control flow aside. */
export function opsAround({ places }: PlaceGroup): readonly Op[] {
  const before = places.flatMap(({ sources }) => sources.flatMap(({ producer }) => producer ?? []));
  const behind = places.flatMap(({ names }) => names.flatMap(({ users }) => users));
  return [...new Set([...before, ...behind])].filter((op) => !op.definition.control && !isConstant(op));
}

/** Ops that compute the real numbers that an op takes, also where control flow hands these on. */
export function sourcesOf(op: Op, places: Places): readonly Op[] {
  const sources = op.operands.flatMap((value) => {
    if (!value || !floatType(value)) return [];
    const place = places.named(value);
    if (!place) return value.producer ?? [];
    return place.group.places.flatMap((each) => each.sources.flatMap(({ producer }) => producer ?? []));
  });
  return [...new Set(sources)].filter((source) => !source.definition.control && !isConstant(source));
}

/** Ops that take the real numbers that an op gives, also where control flow hands these on. */
export function takersOf(op: Op, places: Places): readonly Op[] {
  const takers = op.results
    .filter(floatType)
    .flatMap((value) => [
      ...value.users,
      ...places
        .takers(value)
        .flatMap(({ group }) => group.places.flatMap(({ names }) => names.flatMap(({ users }) => users))),
    ]);
  return [...new Set(takers)].filter((taker) => !taker.definition.control);
}

function isConstant(op: Op): boolean {
  return op.results.length === 1 && constantOf(op.result()) !== undefined;
}

/** How many loops a region is run in. */
export function loopDepth(region: Region | undefined): number {
  let depth = 0;
  for (let op = region?.parent; op instanceof Op; op = op.region?.parent) {
    if (op.definition.control === 'loop') depth++;
  }
  return depth;
}
