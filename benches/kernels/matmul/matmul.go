package main

import "fmt"

func multiply(n int32, a, b, c []float64) {
	for i := int32(0); i < n; i++ {
		for k := int32(0); k < n; k++ {
			x := a[i*n+k]
			for j := int32(0); j < n; j++ {
				c[i*n+j] += x * b[k*n+j]
			}
		}
	}
}

func run(n int32) float64 {
	a := make([]float64, n*n)
	b := make([]float64, n*n)
	c := make([]float64, n*n)
	d := make([]float64, n*n)
	for i := int32(0); i < n; i++ {
		for j := int32(0); j < n; j++ {
			a[i*n+j] = float64((i*j+i)%7 - 3)
			b[i*n+j] = float64((i+2*j)%5 - 2)
		}
	}
	multiply(n, a, b, c)
	multiply(n, c, b, d)
	sum := 0.0
	for i := int32(0); i < n*n; i++ {
		sum += d[i] * float64(i%3+1)
	}
	return sum
}

func main() {
	fmt.Printf("%.0f\n", run(512))
}
