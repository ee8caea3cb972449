const a = <div><span></div>;
const b = <a/><b/>;
const c = <a b={}>x > y</a>;
const d = <p>never closed;
