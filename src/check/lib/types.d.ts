//@ Partial
type Partial<T> = { [P in keyof T]?: T[P] };
//@ Required
type Required<T> = { [P in keyof T]-?: T[P] };
//@ Readonly
type Readonly<T> = { readonly [P in keyof T]: T[P] };
//@ Pick
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
//@ Record
type Record<K extends keyof any, T> = { [P in K]: T };
//@ Exclude
type Exclude<T, U> = T extends U ? never : T;
//@ Extract
type Extract<T, U> = T extends U ? T : never;
//@ Omit
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;
//@ NonNullable
type NonNullable<T> = T & {};
//@ Parameters
type Parameters<T extends (...args: any) => any> = T extends (...args: infer P) => any ? P : never;
//@ ConstructorParameters
type ConstructorParameters<T extends abstract new (...args: any) => any> = T extends abstract new (...args: infer P) => any ? P : never;
//@ ReturnType
type ReturnType<T extends (...args: any) => any> = T extends (...args: any) => infer R ? R : any;
//@ InstanceType
type InstanceType<T extends abstract new (...args: any) => any> = T extends abstract new (...args: any) => infer R ? R : any;
//@ ThisParameterType OmitThisParameter ThisType
type ThisParameterType<T> = any;
type OmitThisParameter<T> = T;
interface ThisType<T> {}
//@ Awaited
type Awaited<T> = T extends null | undefined ? T : T extends object & { then(f: infer F, ...args: infer _): any } ? F extends (value: infer V, ...args: infer _) => any ? Awaited<V> : never : T;
//@ Uppercase
type Uppercase<S extends string> = intrinsic;
//@ Lowercase
type Lowercase<S extends string> = intrinsic;
//@ Capitalize
type Capitalize<S extends string> = intrinsic;
//@ Uncapitalize
type Uncapitalize<S extends string> = intrinsic;
//@ NoInfer
type NoInfer<T> = intrinsic;
//@ ClassDecorator MethodDecorator PropertyDecorator ParameterDecorator ClassDecoratorContext ClassMethodDecoratorContext ClassFieldDecoratorContext ClassGetterDecoratorContext ClassSetterDecoratorContext ClassAccessorDecoratorContext DecoratorContext
type ClassDecorator = any;
type MethodDecorator = any;
type PropertyDecorator = any;
type ParameterDecorator = any;
type ClassDecoratorContext<C = any> = any;
type ClassMethodDecoratorContext<T = any, V = any> = any;
type ClassFieldDecoratorContext<T = any, V = any> = any;
type ClassGetterDecoratorContext<T = any, V = any> = any;
type ClassSetterDecoratorContext<T = any, V = any> = any;
type ClassAccessorDecoratorContext<T = any, V = any> = any;
type DecoratorContext = any;
//@ Disposable AsyncDisposable
interface Disposable { [Symbol.dispose](): void; }
interface AsyncDisposable { [Symbol.asyncDispose](): PromiseLike<void>; }
