package main

import "fmt"

func fannkuch(n int32) {
	perm := make([]int32, n)
	perm1 := make([]int32, n)
	count := make([]int32, n)
	for i := range perm1 {
		perm1[i] = int32(i)
	}
	var maxFlips, checksum, permutations int32
	r := n
	for {
		for r != 1 {
			count[r-1] = r
			r--
		}
		copy(perm, perm1)
		var flips int32
		k := perm[0]
		for k != 0 {
			i, j := int32(0), k
			for i < j {
				perm[i], perm[j] = perm[j], perm[i]
				i++
				j--
			}
			flips++
			k = perm[0]
		}
		if flips > maxFlips {
			maxFlips = flips
		}
		if permutations&1 == 0 {
			checksum += flips
		} else {
			checksum -= flips
		}
		for {
			if r == n {
				fmt.Println(checksum)
				fmt.Printf("Pfannkuchen(%d) = %d\n", n, maxFlips)
				return
			}
			first := perm1[0]
			for i := int32(0); i < r; i++ {
				perm1[i] = perm1[i+1]
			}
			perm1[r] = first
			count[r]--
			if count[r] > 0 {
				break
			}
			r++
		}
		permutations++
	}
}

func main() {
	fannkuch(10)
}
