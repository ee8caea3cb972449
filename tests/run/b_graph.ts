// Objects that refer to each other in cycles, closures among them.
class Vertex {
  edges: Edge[] = [];
  dist = Infinity;
  constructor(public graph: Graph, public id: number) {}
}
class Edge {
  constructor(public from: Vertex, public to: Vertex, public w: number) {}
}
class Graph {
  vertices: Vertex[] = [];
  onVisit: (v: Vertex) => void;
  visits = 0;
  constructor(n: number) {
    for (let i = 0; i < n; i++) this.vertices.push(new Vertex(this, i));
    this.onVisit = (v) => { if (v.graph === this) this.visits++; };
  }
  link(a: number, b: number, w: number): void {
    const p = this.vertices[a], q = this.vertices[b];
    p.edges.push(new Edge(p, q, w));
    q.edges.push(new Edge(q, p, w));
  }
  shortest(from: number): void {
    for (const v of this.vertices) v.dist = Infinity;
    this.vertices[from].dist = 0;
    const open = new Set<Vertex>([this.vertices[from]]);
    while (open.size > 0) {
      let best: Vertex | null = null;
      for (const v of open) if (best === null || v.dist < best.dist) best = v;
      open.delete(best!);
      this.onVisit(best!);
      for (const e of best!.edges) {
        const d = best!.dist + e.w;
        if (d < e.to.dist) {
          e.to.dist = d;
          open.add(e.to);
        }
      }
    }
  }
}
function build(n: number, seed: number): Graph {
  const g = new Graph(n);
  for (let i = 1; i < n; i++) {
    seed = (seed * 16807) % 2147483647;
    g.link(i, seed % i, 1 + (seed % 9));
    seed = (seed * 16807) % 2147483647;
    g.link(i, seed % n, 1 + (seed % 20));
  }
  return g;
}
for (let round = 0; round < 30; round++) {
  const g = build(60, 1000 + round);
  g.shortest(0);
  if (round % 10 === 0) {
    const far = g.vertices.reduce((m, v) => Math.max(m, v.dist), 0);
    console.log(round, g.visits, far, g.vertices.map((v) => v.dist).slice(0, 12).join());
  }
}
