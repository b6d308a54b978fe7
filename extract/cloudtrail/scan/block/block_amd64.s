#include "go_asm.h"
#include "textflag.h"

// A vector of 32 times the same byte.
#define FILL(c, x, y) \
	MOVL c, DX; \
	VMOVD DX, x; \
	VPBROADCASTB x, y

// The bytes of the block, Y0 and Y1, that are those of y.
#define FIND(y, r) \
	VPCMPEQB Y0, y, Y2; \
	VPCMPEQB Y1, y, Y3; \
	VPMOVMSKB Y2, r; \
	VPMOVMSKB Y3, DX; \
	SHLQ $32, DX; \
	ORQ  DX, r

// func skipAVX2(s *State, text *byte, n int) int
//
// What State.skip does, 32 bytes at a time. Two of its steps have no loop here. Which bytes stand after a backslash that
// counts: to subtract the first one of a row from the bits behind it carries through the row, and what is left differs
// with its length being odd or even (https://github.com/simdjson/simdjson/pull/2042). Which bytes are inside of strings:
// bit i of the product, without carries, of the quotes and a word of ones is the sum, without carries, of the quotes up to i.
TEXT ·skipAVX2(SB), NOSPLIT, $0-32
	MOVQ s+0(FP), DI
	MOVQ text+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ State_Depth(DI), R8           // depth
	MOVQ State_inside(DI), R9          // inside
	XORQ AX, AX              // blocks read
	FILL($0x22, X8, Y8)      // "
	FILL($0x5c, X9, Y9)      // \
	FILL($0x7b, X10, Y10)    // {
	FILL($0x7d, X11, Y11)    // }
	FILL($0x75, X13, Y13)    // u
	VPCMPEQB X12, X12, X12   // ones

block:
	CMPQ AX, CX
	JGE  done
	VMOVDQU 0(SI), Y0
	VMOVDQU 32(SI), Y1
	FIND(Y8, R10)            // quotes
	FIND(Y9, R11)            // backslashes
	FIND(Y10, R12)           // opening braces
	FIND(Y11, R13)           // closing braces

	MOVQ State_slash(DI), DX          // slash, which is 1 wherever escaped is
	ORQ  R11, DX
	JZ   strings
	FIND(Y13, R14)
	LEAQ (R11)(R11*1), R15
	ORQ  State_slash(DI), R15
	ANDQ R15, R14
	ORQ  R14, State_Unicode(DI)         // unicode
	MOVQ R11, R15
	SHRQ $63, R15
	MOVQ R15, State_slash(DI)
	MOVQ State_escaped(DI), BX          // escaped
	ANDNQ R11, BX, DX        // those that aren't escaped by the block before
	MOVQ $0xaaaaaaaaaaaaaaaa, R15
	LEAQ (DX)(DX*1), R14
	ORQ  R15, R14
	SUBQ DX, R14
	XORQ R15, R14
	ORQ  R11, BX
	XORQ R14, BX             // the bytes that are escaped
	ANDNQ R10, BX, R10
	ANDQ R14, R11
	SHRQ $63, R11
	MOVQ R11, State_escaped(DI)

strings:
	VMOVQ R10, X2
	VPCLMULQDQ $0, X12, X2, X2
	VMOVQ X2, BX
	XORQ R9, BX              // the bytes inside of strings
	ANDNQ R12, BX, R12
	ANDNQ R13, BX, R13
	SARQ $63, BX
	MOVQ BX, R9
	POPCNTQ R13, DX
	MOVQ R8, R11
	SUBQ DX, R11             // the least depth that there may be
	CMPQ R11, State_Floor(DI)          // floor
	JLT  stop
	POPCNTQ R12, DX
	LEAQ (R11)(DX*1), R8
	ADDQ $64, SI
	INCQ AX
	JMP  block

stop:
	ORQ  R12, R13
	MOVQ R13, State_Braces(DI)         // braces

done:
	MOVQ R8, State_Depth(DI)
	MOVQ R9, State_inside(DI)
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// func findRunAVX2(text *byte, last int) int
//
// The first place of a 0 before a 1 with no small letters 9, 17 and 25 bytes on; or less than 0. It reads the 57 bytes at
// last, and all before.
TEXT ·findRunAVX2(SB), NOSPLIT, $0-24
	MOVQ text+0(FP), SI
	MOVQ last+8(FP), CX
	XORQ AX, AX
	FILL($0x30, X8, Y8)      // 0
	FILL($0x31, X9, Y9)      // 1
	FILL($0x5b, X10, Y10)    // what follows Z

next:
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
	TESTL DX, DX
	JNZ  found
	CMPQ AX, CX
	JGE  none
	ADDQ $32, AX
	CMPQ AX, CX
	CMOVQGT CX, AX           // the last bytes once more, with those before
	JMP  next

found:
	BSFL DX, DX
	ADDQ DX, AX
	MOVQ AX, ret+16(FP)
	VZEROUPPER
	RET

none:
	MOVQ $-1, ret+16(FP)
	VZEROUPPER
	RET

// func findMarkAVX2(text *byte, last int) int
//
// The first place of i before -, or of t before s and a dot; or less than 0. It reads the 34 bytes at last, and all before.
TEXT ·findMarkAVX2(SB), NOSPLIT, $0-24
	MOVQ text+0(FP), SI
	MOVQ last+8(FP), CX
	XORQ AX, AX
	FILL($0x69, X8, Y8)      // i
	FILL($0x2d, X9, Y9)      // -
	FILL($0x74, X10, Y10)    // t
	FILL($0x73, X11, Y11)    // s
	FILL($0x2e, X12, Y12)    // .

next:
	VMOVDQU 0(SI)(AX*1), Y0
	VMOVDQU 1(SI)(AX*1), Y1
	VPCMPEQB Y0, Y8, Y2
	VPCMPEQB Y1, Y9, Y3
	VPCMPEQB Y0, Y10, Y4
	VPCMPEQB Y1, Y11, Y5
	VPCMPEQB 2(SI)(AX*1), Y12, Y6
	VPAND Y2, Y3, Y2
	VPAND Y4, Y5, Y4
	VPAND Y4, Y6, Y4
	VPOR Y2, Y4, Y2
	VPMOVMSKB Y2, DX
	TESTL DX, DX
	JNZ  found
	CMPQ AX, CX
	JGE  none
	ADDQ $32, AX
	CMPQ AX, CX
	CMOVQGT CX, AX           // the last bytes once more, with those before
	JMP  next

found:
	BSFL DX, DX
	ADDQ DX, AX
	MOVQ AX, ret+16(FP)
	VZEROUPPER
	RET

none:
	MOVQ $-1, ret+16(FP)
	VZEROUPPER
	RET
