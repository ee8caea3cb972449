const a = <div className="x &amp; y" data-id={1} {...rest} disabled>text &lt; {b} <b.C<string> /> {/* none */} {...more}</div>;
const f = <T,>(x: T) => <><Foo svg:href='#a' child=<i/> />{x as any}</>;
const g = <T extends object>(x: T) => a < x && y > a;
