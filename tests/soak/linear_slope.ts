/** Point of a series. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Returns the slope of the least-squares line through the points. 0 for fewer than two, or if all have the same x. */
export function linearSlope(points: readonly Point[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  let products = 0;
  let squares = 0;
  for (const { x, y } of points) {
    products += (x - meanX) * (y - meanY);
    squares += (x - meanX) ** 2;
  }
  return squares === 0 ? 0 : products / squares;
}
