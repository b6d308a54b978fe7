#include "textflag.h"

// func skipAVX2(text *byte, n int, s *blocks) int
//
// What blocks.skip does, 32 bytes at a time. The product without carries of the quotes and a word of ones tells which
// bytes are inside of strings: its bit i is the sum, without carry, of the quotes up to i.
TEXT ·skipAVX2(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ s+16(FP), DI
	MOVQ 0(DI), R8           // the depth
	MOVQ 8(DI), R9           // inside
	XORQ AX, AX              // blocks read
	MOVL $0x22, DX           // "
	VMOVD DX, X8
	VPBROADCASTB X8, Y8
	MOVL $0x5c, DX           // \
	VMOVD DX, X9
	VPBROADCASTB X9, Y9
	MOVL $0x7b, DX           // {
	VMOVD DX, X10
	VPBROADCASTB X10, Y10
	MOVL $0x7d, DX           // }
	VMOVD DX, X11
	VPBROADCASTB X11, Y11
	VPCMPEQB X12, X12, X12   // ones

block:
	CMPQ AX, CX
	JGE  done
	VMOVDQU 0(SI), Y0
	VMOVDQU 32(SI), Y1

	VPCMPEQB Y0, Y8, Y2
	VPCMPEQB Y1, Y8, Y3
	VPMOVMSKB Y2, R10
	VPMOVMSKB Y3, DX
	SHLQ $32, DX
	ORQ  DX, R10             // quotes
	VPCMPEQB Y0, Y9, Y2
	VPCMPEQB Y1, Y9, Y3
	VPMOVMSKB Y2, R11
	VPMOVMSKB Y3, DX
	SHLQ $32, DX
	ORQ  DX, R11             // escapes
	VPCMPEQB Y0, Y10, Y2
	VPCMPEQB Y1, Y10, Y3
	VPMOVMSKB Y2, R12
	VPMOVMSKB Y3, DX
	SHLQ $32, DX
	ORQ  DX, R12             // opens
	VPCMPEQB Y0, Y11, Y2
	VPCMPEQB Y1, Y11, Y3
	VPMOVMSKB Y2, R13
	VPMOVMSKB Y3, DX
	SHLQ $32, DX
	ORQ  DX, R13             // closes

	TESTQ R11, R11
	JNZ  stop
	VMOVQ R10, X2
	VPCLMULQDQ $0, X12, X2, X2
	VMOVQ X2, BX
	XORQ R9, BX              // the bytes inside of strings
	ANDNQ R13, BX, DX
	POPCNTQ DX, DX
	MOVQ R8, R11
	SUBQ DX, R11             // the least depth in the block
	CMPQ R11, $2
	JLT  shallow
	MOVQ R11, R8
	ANDNQ R12, BX, DX
	POPCNTQ DX, DX
	ADDQ DX, R8
	SARQ $63, BX
	MOVQ BX, R9
	ADDQ $64, SI
	INCQ AX
	JMP  block

shallow:
	XORQ R11, R11            // it holds no escapes

stop:
	MOVQ R10, 16(DI)
	MOVQ R11, 24(DI)
	MOVQ R12, 32(DI)
	MOVQ R13, 40(DI)

done:
	MOVQ R8, 0(DI)
	MOVQ R9, 8(DI)
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// func findRunAVX2(text *byte, n int) int
//
// The first place, below n, of a 0 before a 1 with no small letters 9, 17 and 25 bytes on; or n or more. It reads up to
// 31 + 25 bytes behind the n-th.
TEXT ·findRunAVX2(SB), NOSPLIT, $0-24
	MOVQ text+0(FP), SI
	MOVQ n+8(FP), CX
	XORQ AX, AX
	MOVL $0x30, DX           // 0
	VMOVD DX, X8
	VPBROADCASTB X8, Y8
	MOVL $0x31, DX           // 1
	VMOVD DX, X9
	VPBROADCASTB X9, Y9
	MOVL $0x5b, DX           // what follows Z
	VMOVD DX, X10
	VPBROADCASTB X10, Y10

next:
	CMPQ AX, CX
	JGE  none
	VPCMPEQB 0(SI)(AX*1), Y8, Y0
	VPCMPEQB 1(SI)(AX*1), Y9, Y1
	VPCMPGTB 9(SI)(AX*1), Y10, Y2
	VPCMPGTB 17(SI)(AX*1), Y10, Y3
	VPCMPGTB 25(SI)(AX*1), Y10, Y4
	VPAND Y0, Y1, Y0
	VPAND Y2, Y3, Y2
	VPAND Y0, Y4, Y0
	VPAND Y0, Y2, Y0
	VPMOVMSKB Y0, DX
	ADDQ $32, AX
	TESTL DX, DX
	JZ   next
	BSFL DX, DX
	LEAQ -32(AX)(DX*1), AX

none:
	MOVQ AX, ret+16(FP)
	VZEROUPPER
	RET
