package main

import (
	"fmt"
	"math"
)

func a(i, j int32) float64 {
	return 1.0 / float64((i+j)*(i+j+1)/2+i+1)
}

func timesVector(n int32, v, out []float64) {
	for i := int32(0); i < n; i++ {
		sum := 0.0
		for j := int32(0); j < n; j++ {
			sum += a(i, j) * v[j]
		}
		out[i] = sum
	}
}

func timesTransposed(n int32, v, out []float64) {
	for i := int32(0); i < n; i++ {
		sum := 0.0
		for j := int32(0); j < n; j++ {
			sum += a(j, i) * v[j]
		}
		out[i] = sum
	}
}

func spectralNorm(n int32) float64 {
	u := make([]float64, n)
	v := make([]float64, n)
	w := make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for i := 0; i < 10; i++ {
		timesVector(n, u, w)
		timesTransposed(n, w, v)
		timesVector(n, v, w)
		timesTransposed(n, w, u)
	}
	var uv, vv float64
	for i := range u {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	return math.Sqrt(uv / vv)
}

func main() {
	fmt.Printf("%.9f\n", spectralNorm(1500))
}
