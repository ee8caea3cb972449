for (const k in null as any) console.log("never", k);
for (const k in undefined as any) console.log("never", k);
for (const k in 5 as any) console.log("never", k);
