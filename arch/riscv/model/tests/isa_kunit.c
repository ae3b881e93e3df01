// SPDX-License-Identifier: GPL-2.0-only
#include "../isa.h"

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

/* Everything that has a number */
static void fill(struct rvisa_set *set)
{
	u32 nr;

	*set = (struct rvisa_set) { };
	for (nr = 0; nr < RVISA_COUNT; nr++)
		rvisa_add(set, nr);
}

static bool equal(const struct rvisa_set *a, const struct rvisa_set *b)
{
	return a->bits[0] == b->bits[0] && a->bits[1] == b->bits[1];
}

static int parse(const char *s, struct rvisa_set *set)
{
	return rvisa_parse_string(s, strlen(s), set);
}

/* Does the string give exactly what the list of names gives? */
static void check_string(struct kunit *test, const char *s, const char *names)
{
	struct rvisa_set got, want = { };
	const char *end;

	while (*names) {
		for (end = names; *end && *end != ' '; end++)
			;
		KUNIT_ASSERT_EQ_MSG(test, rvisa_parse_name(names, end - names, &want), 0,
				    "names of %s", s);
		names = *end ? end + 1 : end;
	}
	KUNIT_ASSERT_EQ_MSG(test, parse(s, &got), 0, "%s", s);
	KUNIT_EXPECT_EQ_MSG(test, got.bits[0], want.bits[0], "%s", s);
	KUNIT_EXPECT_EQ_MSG(test, got.bits[1], want.bits[1], "%s", s);
}

static void numbers_are_those_of_the_abi(struct kunit *test)
{
	/* written out from uapi asm/kvm.h, at the places where a shift would show */
	KUNIT_EXPECT_EQ(test, RVISA_A, 0);
	KUNIT_EXPECT_EQ(test, RVISA_SVPBMT, 7);
	KUNIT_EXPECT_EQ(test, RVISA_SSAIA, 14);
	KUNIT_EXPECT_EQ(test, RVISA_SMSTATEEN, 23);
	KUNIT_EXPECT_EQ(test, RVISA_ZKT, 35);
	KUNIT_EXPECT_EQ(test, RVISA_SSCOFPMF, 54);
	KUNIT_EXPECT_EQ(test, RVISA_ZAWRS, 61);
	KUNIT_EXPECT_EQ(test, RVISA_SMNPM, 62);
	KUNIT_EXPECT_EQ(test, RVISA_ZICBOP, 71);
	KUNIT_EXPECT_EQ(test, RVISA_ZALASR, 77);
	KUNIT_EXPECT_EQ(test, RVISA_COUNT, 78);
}

static void every_number_has_a_row_and_its_name_leads_back(struct kunit *test)
{
	const struct rvisa_ext *ext;
	struct rvisa_set set;
	u32 nr;

	for (nr = 0; nr < RVISA_COUNT; nr++) {
		ext = rvisa_by_number(nr);
		KUNIT_ASSERT_NOT_NULL(test, ext);
		KUNIT_ASSERT_NOT_NULL(test, ext->name);
		set = (struct rvisa_set) { };
		KUNIT_ASSERT_EQ(test, rvisa_parse_name(ext->name, strlen(ext->name), &set), 0);
		KUNIT_EXPECT_TRUE_MSG(test, rvisa_has(&set, nr), "%s", ext->name);
		rvisa_remove(&set, nr);
		KUNIT_EXPECT_FALSE_MSG(test, set.bits[0] || set.bits[1], "%s", ext->name);
	}
}

static void numbers_beyond_the_table_are_nothing(struct kunit *test)
{
	static const u32 numbers[] = { RVISA_COUNT, 127, 128, 128 + RVISA_C, U32_MAX };
	struct rvisa_set all;
	unsigned int i;

	fill(&all);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		KUNIT_EXPECT_NULL(test, rvisa_by_number(numbers[i]));
		KUNIT_EXPECT_FALSE(test, rvisa_has(&all, numbers[i]));
		KUNIT_EXPECT_FALSE(test, rvisa_offered(&all, numbers[i]));
		KUNIT_EXPECT_EQ(test, rvisa_may_change(&all, &all, numbers[i], false), -ENOENT);
	}
}

static void unlike_harts_have_their_intersection(struct kunit *test)
{
	struct rvisa_set one = { }, other = { };

	rvisa_add(&one, RVISA_C);
	rvisa_add(&one, RVISA_ZALASR);
	rvisa_add(&other, RVISA_ZALASR);
	rvisa_add(&other, RVISA_V);
	rvisa_intersect(&one, &other);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&one, RVISA_ZALASR));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&one, RVISA_C));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&one, RVISA_V));
}

#define BASE	"i zicntr zicsr zifencei zihpm"
#define GC	BASE " m a zaamo zalrsc f d c zca zcd"

static void plain_strings_give_their_letters(struct kunit *test)
{
	check_string(test, "rv64i", BASE);
	check_string(test, "rv64imac", BASE " m a zaamo zalrsc c zca");
	check_string(test, "rv64imafdc", GC);
	check_string(test, "rv64gc", GC);
	check_string(test, "rv64imafdch", GC " h");
	check_string(test, "rv64imafdcv", GC " v");
}

static void real_hosts_are_understood(struct kunit *test)
{
	check_string(test, "rv64imafdch_zicbom_zicboz_zicntr_zicsr_zifencei_zihpm_zba_sstc_svadu",
		     GC " h zicbom zicboz zba sstc svadu");
	check_string(test, "rv64imafdcsu", GC);
	check_string(test, "rv64imafdcsuh", GC " h");
	check_string(test, "rv64imafdcvh_zicond_zawrs_zvl128b_zve64d_ssaia_sscofpmf_smstateen",
		     GC " v h zicond zawrs ssaia sscofpmf smstateen");
}

static void case_does_not_matter(struct kunit *test)
{
	check_string(test, "RV64IMAFDC_Zba_SSTC", GC " zba sstc");
	check_string(test, "rv64GC", GC);
}

static void versions_are_passed_over(struct kunit *test)
{
	check_string(test, "rv64i2p1m2a2p1f2d2c2", GC);
	check_string(test, "rv64i2p1_m2p0_a2p1_zba1p0_svinval1_sstc", BASE
		     " m a zaamo zalrsc zba svinval sstc");
	check_string(test, "rv64i2p", BASE);
	check_string(test, "rv64i19p09m9_zba9p19_zbb90", BASE " m zba zbb");
}

static void p_that_ends_a_name_is_no_version(struct kunit *test)
{
	check_string(test, "rv64i_zicbop", BASE " zicbop");
	check_string(test, "rv64i_zicbop1", BASE " zicbop");
	check_string(test, "rv64i_zicbop1p0", BASE " zicbop");
	check_string(test, "rv64i_zba1p_zbb1p0p0", BASE);
}

static void letters_and_names_may_share_a_part(struct kunit *test)
{
	check_string(test, "rv64imaczba_zbb", BASE " m a zaamo zalrsc c zca zba zbb");
	check_string(test, "rv64i_m_c", BASE " m c zca");
	check_string(test, "rv64imuc", BASE " m c zca");
	check_string(test, "rv64imsac", BASE " m");
}

static void bundles_give_their_members(struct kunit *test)
{
	struct rvisa_set set = { };

	check_string(test, "rv64i_b", BASE " zba zbb zbs");
	check_string(test, "rv64i_zkn", BASE " zbkb zbkc zbkx zknd zkne zknh");
	check_string(test, "rv64i_zk", BASE " zbkb zbkc zbkx zknd zkne zknh zkr zkt");
	check_string(test, "rv64i_zks", BASE " zbkb zbkc zbkx zksed zksh");
	check_string(test, "rv64i_zvkng", BASE " zvkned zvknhb zvkb zvkt zvkg");
	check_string(test, "rv64i_zvksc", BASE " zvksed zvksh zvkb zvkt zvbc");
	check_string(test, "rv64i_zce", BASE " zca zcb");
	KUNIT_EXPECT_EQ(test, rvisa_parse_name("zks", 3, &set), 0);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&set, RVISA_ZKSH));
}

static void extensions_imply_what_they_build_on(struct kunit *test)
{
	check_string(test, "rv64i_d", BASE " d f");
	check_string(test, "rv64iv", BASE " v d f");
	check_string(test, "rv64i_zfh", BASE " zfh zfhmin f");
	check_string(test, "rv64i_zvfh", BASE " zvfh zvfhmin zfhmin f");
	check_string(test, "rv64i_zvfbfwma", BASE " zvfbfwma zvfbfmin zfbfmin f");
	check_string(test, "rv64i_zvbb", BASE " zvbb zvkb");
	check_string(test, "rv64i_zacas_zcb_zclsd", BASE " zacas zaamo zcb zca zclsd zilsd");
	check_string(test, "rv64i_zcd", BASE " zcd zca d f");
}

static void compressed_doubles_need_both_c_and_d(struct kunit *test)
{
	struct rvisa_set set;

	KUNIT_ASSERT_EQ(test, parse("rv64imafc", &set), 0);
	KUNIT_EXPECT_FALSE(test, rvisa_has(&set, RVISA_ZCD));
	KUNIT_EXPECT_TRUE(test, rvisa_has(&set, RVISA_ZCA));
	KUNIT_ASSERT_EQ(test, parse("rv64imafd", &set), 0);
	KUNIT_EXPECT_FALSE(test, rvisa_has(&set, RVISA_ZCD));
	KUNIT_ASSERT_EQ(test, parse("rv64imacv", &set), 0);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&set, RVISA_ZCD));
}

static void names_of_a_list_do_not_bring_the_old_base(struct kunit *test)
{
	struct rvisa_set set = { };

	KUNIT_EXPECT_EQ(test, rvisa_parse_name("i", 1, &set), 0);
	KUNIT_EXPECT_EQ(test, rvisa_parse_name("C", 1, &set), 0);
	rvisa_imply(&set);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&set, RVISA_ZCA));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&set, RVISA_ZICNTR));
}

static void unknown_names_are_passed_over(struct kunit *test)
{
	struct rvisa_set set = { };

	check_string(test, "rv64imafdc_xvendor_zfoo1p0_sbar_q_zba", GC " zba");
	check_string(test, "rv64imac__z_s_x_zb", BASE " m a zaamo zalrsc c zca");
	KUNIT_EXPECT_EQ(test, rvisa_parse_name("zb", 2, &set), -ENOENT);
	KUNIT_EXPECT_EQ(test, rvisa_parse_name("zbab", 4, &set), -ENOENT);
	KUNIT_EXPECT_EQ(test, rvisa_parse_name("", 0, &set), -ENOENT);
	KUNIT_EXPECT_EQ(test, set.bits[0] | set.bits[1], 0);
}

static void strings_that_are_no_rv64_are_refused(struct kunit *test)
{
	static const char *const bad[] = {
		"", "rv", "rv64", "rv32imac", "rv128i", "riscv", "rv64_i", "rv64 imac", "rv641",
		"rv64imac zba", "rv64imac,zba", "rv64imac\n", "rv64\xff", "64imac", " rv64imac",
	};
	struct rvisa_set set;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fill(&set);
		KUNIT_EXPECT_EQ_MSG(test, parse(bad[i], &set), -EINVAL, "string %u", i);
		KUNIT_EXPECT_EQ(test, set.bits[0] | set.bits[1], 0);
	}
}

static void string_ends_at_its_length_or_at_nul(struct kunit *test)
{
	struct rvisa_set set;

	KUNIT_ASSERT_EQ(test, rvisa_parse_string("rv64imac", 6, &set), 0);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&set, RVISA_M));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&set, RVISA_C));
	KUNIT_ASSERT_EQ(test, rvisa_parse_string("rv64im\0c!", 9, &set), 0);
	KUNIT_EXPECT_FALSE(test, rvisa_has(&set, RVISA_C));
}

/* Each text lies in memory of just its length, where a sanitizer sees a read behind it. */
static void nothing_behind_the_length_is_read(struct kunit *test)
{
	static const char text[] = "rv64i2p1mafdcsuh_zicbop1p0_su_s_z1_zba9";
	struct rvisa_set got, want;
	char terminated[sizeof(text)];
	size_t len;

	for (len = 1; len < sizeof(text); len++) {
		char *exact = kunit_kzalloc(test, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, exact);
		memcpy(exact, text, len);
		memcpy(terminated, text, len);
		terminated[len] = '\0';
		KUNIT_EXPECT_EQ(test, rvisa_parse_string(exact, len, &got),
				rvisa_parse_string(terminated, sizeof(terminated), &want));
		KUNIT_EXPECT_TRUE(test, equal(&got, &want));
	}
}

/* What no control bit can take from a guest, in the order of the numbers */
static const char fixed[] =
	"a c i m sstc svinval zihintpause zbb svnapot zba zbs zicntr zicsr zifencei zihpm "
	"zicond zbc zbkb zbkc zbkx zknd zkne zknh zkr zksed zksh zkt zvbb zvbc zvkb zvkg "
	"zvkned zvknha zvknhb zvksed zvksh zvkt zfh zfhmin zihintntl zvfh zvfhmin zfa ztso "
	"zacas sscofpmf zimop zca zcb zcd zcf zcmop zawrs ssnpm svvptc zabha ziccrse zaamo "
	"zalrsc zicbop zfbfmin zvfbfmin zvfbfwma zalasr ";

static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		if (!strncmp(list, name, len) && list[len] == ' ')
			return true;
		while (*list && *list++ != ' ')
			;
	}
	return false;
}

static void only_what_can_be_trapped_can_be_disabled(struct kunit *test)
{
	struct rvisa_set host, vcpu;
	u32 nr;

	fill(&host);
	rvisa_default(&host, &vcpu);
	for (nr = 0; nr < RVISA_COUNT; nr++) {
		const char *name = rvisa_by_number(nr)->name;

		KUNIT_EXPECT_EQ_MSG(test, rvisa_may_change(&host, &vcpu, nr, false),
				    listed(fixed, name) ? -EINVAL : 0, "%s", name);
	}
}

static void whatever_is_so_may_be_set_again(struct kunit *test)
{
	struct rvisa_set host, vcpu, none = { };
	u32 nr;

	fill(&host);
	rvisa_default(&host, &vcpu);
	for (nr = 0; nr < RVISA_COUNT; nr++) {
		KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, nr, rvisa_has(&vcpu, nr)), 0);
		KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &none, nr, false), 0);
	}
}

static void what_the_host_lacks_does_not_exist(struct kunit *test)
{
	struct rvisa_set host = { }, vcpu = { };
	u32 nr;

	for (nr = 0; nr < RVISA_COUNT; nr++) {
		KUNIT_EXPECT_FALSE(test, rvisa_offered(&host, nr));
		KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, nr, true), -ENOENT);
		KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, nr, false), -ENOENT);
	}
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_EQ(test, vcpu.bits[0] | vcpu.bits[1], 0);
}

static void hypervisor_extension_is_never_given(struct kunit *test)
{
	struct rvisa_set host, vcpu;

	fill(&host);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_TRUE(test, rvisa_offered(&host, RVISA_H));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&vcpu, RVISA_H));
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_H, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_H, false), 0);
}

static void new_vcpu_has_all_that_may_be_enabled(struct kunit *test)
{
	struct rvisa_set host, vcpu, want;

	fill(&host);
	fill(&want);
	rvisa_remove(&want, RVISA_H);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_TRUE(test, equal(&vcpu, &want));
}

static void disabled_extension_can_be_enabled_again(struct kunit *test)
{
	struct rvisa_set host, vcpu;

	fill(&host);
	rvisa_default(&host, &vcpu);
	rvisa_remove(&vcpu, RVISA_SVPBMT);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SVPBMT, true), 0);
}

static void aia_can_be_disabled_only_with_smstateen(struct kunit *test)
{
	struct rvisa_set host = { }, vcpu;

	rvisa_add(&host, RVISA_SSAIA);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SSAIA, false), -EINVAL);
	rvisa_add(&host, RVISA_SMSTATEEN);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SSAIA, false), 0);
}

static void svade_can_be_disabled_only_with_svadu(struct kunit *test)
{
	struct rvisa_set host = { }, vcpu;

	rvisa_add(&host, RVISA_SVADE);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&vcpu, RVISA_SVADE));
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SVADE, false), -EINVAL);
	rvisa_add(&host, RVISA_SVADU);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SVADE, false), 0);
}

static void overflow_interrupts_need_aia(struct kunit *test)
{
	struct rvisa_set host = { }, vcpu;

	rvisa_add(&host, RVISA_SSCOFPMF);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_TRUE(test, rvisa_offered(&host, RVISA_SSCOFPMF));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&vcpu, RVISA_SSCOFPMF));
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SSCOFPMF, true), -EINVAL);
	rvisa_add(&host, RVISA_SSAIA);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SSCOFPMF, true), 0);
}

static void pointer_masking_of_the_guest_is_backed_by_ssnpm(struct kunit *test)
{
	struct rvisa_set host = { }, vcpu;

	rvisa_add(&host, RVISA_SMNPM);
	KUNIT_EXPECT_FALSE(test, rvisa_offered(&host, RVISA_SMNPM));
	rvisa_add(&host, RVISA_SSNPM);
	rvisa_remove(&host, RVISA_SMNPM);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&vcpu, RVISA_SMNPM));
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SMNPM, false), 0);
	KUNIT_EXPECT_EQ(test, rvisa_may_change(&host, &vcpu, RVISA_SSNPM, false), -EINVAL);
}

#define MISA(letter)	(1ull << ((letter) - 'A'))
#define MISA_IMAC	(MISA('I') | MISA('M') | MISA('A') | MISA('C'))

static void letters_are_the_bits_of_misa(struct kunit *test)
{
	struct rvisa_set host, vcpu, none = { };

	KUNIT_EXPECT_EQ(test, rvisa_letters(&none), 0);
	KUNIT_ASSERT_EQ(test, parse("rv64imafdch_zba", &host), 0);
	rvisa_default(&host, &vcpu);
	KUNIT_EXPECT_EQ(test, rvisa_letters(&vcpu), MISA_IMAC | MISA('F') | MISA('D'));
	KUNIT_EXPECT_EQ(test, rvisa_letters(&host),
			MISA_IMAC | MISA('F') | MISA('D') | MISA('H'));
}

static void writing_letters_changes_only_the_free_ones(struct kunit *test)
{
	struct rvisa_set host, vcpu, other;

	KUNIT_ASSERT_EQ(test, parse("rv64imafdch_zba", &host), 0);
	rvisa_default(&host, &vcpu);
	other = vcpu;
	KUNIT_EXPECT_EQ(test, rvisa_set_letters(&host, &vcpu, 0), 0);
	KUNIT_EXPECT_EQ(test, rvisa_letters(&vcpu), MISA_IMAC);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&vcpu, RVISA_ZBA));

	KUNIT_EXPECT_EQ(test, rvisa_set_letters(&host, &vcpu, MISA('F')), 0);
	KUNIT_EXPECT_EQ(test, rvisa_letters(&vcpu), MISA_IMAC | MISA('F'));

	/* V, which the host lacks, and H, which no guest gets, stay away. */
	KUNIT_EXPECT_EQ(test, rvisa_set_letters(&host, &vcpu, (1 << 26) - 1), 0);
	KUNIT_EXPECT_TRUE(test, equal(&vcpu, &other));
}

static void bits_that_are_no_letters_are_refused(struct kunit *test)
{
	struct rvisa_set host, vcpu, before;
	unsigned int bit;

	fill(&host);
	rvisa_default(&host, &vcpu);
	before = vcpu;
	for (bit = 26; bit < 64; bit++)
		KUNIT_EXPECT_EQ(test, rvisa_set_letters(&host, &vcpu, 1ull << bit), -EINVAL);
	KUNIT_EXPECT_TRUE(test, equal(&vcpu, &before));
}

static struct kunit_case isa_cases[] = {
	KUNIT_CASE(numbers_are_those_of_the_abi),
	KUNIT_CASE(every_number_has_a_row_and_its_name_leads_back),
	KUNIT_CASE(numbers_beyond_the_table_are_nothing),
	KUNIT_CASE(unlike_harts_have_their_intersection),
	KUNIT_CASE(plain_strings_give_their_letters),
	KUNIT_CASE(real_hosts_are_understood),
	KUNIT_CASE(case_does_not_matter),
	KUNIT_CASE(versions_are_passed_over),
	KUNIT_CASE(p_that_ends_a_name_is_no_version),
	KUNIT_CASE(letters_and_names_may_share_a_part),
	KUNIT_CASE(bundles_give_their_members),
	KUNIT_CASE(extensions_imply_what_they_build_on),
	KUNIT_CASE(compressed_doubles_need_both_c_and_d),
	KUNIT_CASE(names_of_a_list_do_not_bring_the_old_base),
	KUNIT_CASE(unknown_names_are_passed_over),
	KUNIT_CASE(strings_that_are_no_rv64_are_refused),
	KUNIT_CASE(string_ends_at_its_length_or_at_nul),
	KUNIT_CASE(nothing_behind_the_length_is_read),
	KUNIT_CASE(only_what_can_be_trapped_can_be_disabled),
	KUNIT_CASE(whatever_is_so_may_be_set_again),
	KUNIT_CASE(what_the_host_lacks_does_not_exist),
	KUNIT_CASE(hypervisor_extension_is_never_given),
	KUNIT_CASE(new_vcpu_has_all_that_may_be_enabled),
	KUNIT_CASE(disabled_extension_can_be_enabled_again),
	KUNIT_CASE(aia_can_be_disabled_only_with_smstateen),
	KUNIT_CASE(svade_can_be_disabled_only_with_svadu),
	KUNIT_CASE(overflow_interrupts_need_aia),
	KUNIT_CASE(pointer_masking_of_the_guest_is_backed_by_ssnpm),
	KUNIT_CASE(letters_are_the_bits_of_misa),
	KUNIT_CASE(writing_letters_changes_only_the_free_ones),
	KUNIT_CASE(bits_that_are_no_letters_are_refused),
	{}
};

static struct kunit_suite isa_suite = {
	.name = "kvm_riscv_isa",
	.test_cases = isa_cases,
};

kunit_test_suite(isa_suite);
