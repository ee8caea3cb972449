//@ Array ArrayConstructor
interface UltraArrayOptions { dtype?: string; }
interface Array<T> {
  readonly size: number; readonly shape: number[]; readonly ndim: number; readonly dtype: any; readonly strides: number[];
  reshape(...shape: any[]): any; transpose(...axes: any[]): any; permute(...axes: any[]): any; flatten(): any;
  squeeze(axis?: number): any; expand(axis?: number): any; set(...args: any[]): any; copy(): any; stack(...args: any[]): any;
  sum(axis?: number): any; mean(axis?: number): any; min(axis?: number): any; max(axis?: number): any;
  argmin(axis?: number): any; argmax(axis?: number): any; prod(axis?: number): any; std(axis?: number): any;
  var(axis?: number): any; cumsum(axis?: number): any; dot(other: any): any; matmul(other: any): any;
  norm(axis?: number): any; any(axis?: number): any; all(axis?: number): any; astype(dtype: string): any;
  goMap(callback: (value: T, index: number, array: T[]) => any, options?: any): any;
}
interface ArrayConstructor {
  zeros(shape: any, dtype?: string | UltraArrayOptions): any;
  ones(shape: any, dtype?: string | UltraArrayOptions): any;
  full(shape: any, value: any, dtype?: string | UltraArrayOptions): any;
  arange(start: number, stop?: number, step?: number, dtype?: string | UltraArrayOptions): any;
  linspace(start: number, stop: number, count?: number, dtype?: string | UltraArrayOptions): any;
  logspace(start: number, stop: number, count?: number, ...rest: any[]): any;
  eye(n: number, dtype?: any, ...rest: any[]): any;
  random(shape: any, dtype?: any): any;
  randn(shape: any, dtype?: any): any;
  concat(...args: any[]): any; stack(...args: any[]): any;
}
//@ Date
interface Date {
  add(amount: number, unit?: string): this; subtract(amount: number, unit?: string): this;
  isBefore(other: any, unit?: string): boolean; isAfter(other: any, unit?: string): boolean; isSame(other: any, unit?: string): boolean;
  startOf(unit: string): this; endOf(unit: string): this; diff(other: any, unit?: string, exact?: boolean): number;
  clone(): Date; format(pattern?: string): string;
}
