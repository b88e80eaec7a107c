import { geoEqualEarth, geoPath } from 'd3-geo';
import codes from 'i18n-iso-countries/codes.json';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json';

export const WIDTH = 640;
export const HEIGHT = 310;

/** A country on the map: its two-letter code (empty where nobody agrees on one) and its outline. */
export interface Land {
  code: string;
  path: string;
}

const ANTARCTICA = '010';

/** The countries of the world as paths in a box of WIDTH by HEIGHT. */
export function lands(): Land[] {
  const topology = atlas as unknown as Topology<{ countries: GeometryCollection }>;
  const world = feature(topology, topology.objects.countries);
  const shown = { ...world, features: world.features.filter(({ id }) => id !== ANTARCTICA) };
  const draw = geoPath(geoEqualEarth().fitSize([WIDTH, HEIGHT], shown)).digits(1);
  const alpha2 = new Map((codes as string[][]).map(([two, , numeric]) => [numeric, two]));
  return shown.features.map((land) => ({ code: alpha2.get(String(land.id)) ?? '', path: draw(land) ?? '' }));
}
