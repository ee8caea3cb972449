package main

import "fmt"

func mandelbrot(size, limit int32) int64 {
	var total int64
	for py := int32(0); py < size; py++ {
		ci := 2.0*float64(py)/float64(size) - 1.0
		for px := int32(0); px < size; px++ {
			cr := 2.0*float64(px)/float64(size) - 1.5
			var zr, zi float64
			i := int32(0)
			for i < limit {
				r2 := zr * zr
				i2 := zi * zi
				if r2+i2 > 4.0 {
					break
				}
				zi = 2.0*zr*zi + ci
				zr = r2 - i2 + cr
				i++
			}
			total += int64(i)
		}
	}
	return total
}

func main() {
	fmt.Println(mandelbrot(1200, 100))
}
