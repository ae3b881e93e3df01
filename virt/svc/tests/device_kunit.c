// SPDX-License-Identifier: GPL-2.0-only
/* The devices that a VM has. */
#include <kunit/test.h>

#include <vmm/device.h>
#include <vmm/vm.h>

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/slab.h>

static struct vmm_vm *vm;
static bool there_is_one;
static int create_error;
static unsigned int alive;

static bool fake_available(struct vmm_vm *unused)
{
	return there_is_one;
}

static void *fake_create(struct vmm_vm *of)
{
	if (create_error)
		return ERR_PTR(create_error);
	alive++;
	return of;
}

static void fake_destroy(void *dev)
{
	alive -= dev == vm;
}

static const struct vmm_device_ops one = {
	.type		= 100,
	.available	= fake_available,
	.create		= fake_create,
	.destroy	= fake_destroy,
};

static const struct vmm_device_ops another = {
	.type		= 101,
	.available	= fake_available,
	.create		= fake_create,
	.destroy	= fake_destroy,
};

static int setup(struct kunit *test)
{
	vm = kvzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm)
		return -ENOMEM;
	mutex_init(&vm->lock);
	vmm_devices_init(vm);
	there_is_one = true;
	create_error = 0;
	alive = 0;
	return 0;
}

static void teardown(struct kunit *test)
{
	if (!vm)
		return;
	vmm_devices_destroy(vm);
	KUNIT_EXPECT_EQ(test, alive, 0);
	kvfree(vm);
	vm = NULL;
}

static long create(const struct vmm_device_ops *ops)
{
	guard(mutex)(&vm->lock);
	return PTR_ERR_OR_ZERO(vmm_device_create(vm, ops));
}

static void a_type_is_there_once(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, create(&one), 0);
	KUNIT_EXPECT_EQ(test, create(&one), -EEXIST);
	KUNIT_EXPECT_EQ(test, create(&another), 0);
	KUNIT_EXPECT_EQ(test, create(&another), -EEXIST);
	KUNIT_EXPECT_EQ(test, alive, 2);
}

static void hosts_may_have_none(struct kunit *test)
{
	there_is_one = false;
	KUNIT_EXPECT_EQ(test, create(&one), -ENODEV);
	there_is_one = true;
	KUNIT_EXPECT_EQ(test, create(&one), 0);
}

static void a_failed_creation_leaves_nothing(struct kunit *test)
{
	create_error = -EBUSY;
	KUNIT_EXPECT_EQ(test, create(&one), -EBUSY);
	create_error = 0;
	KUNIT_EXPECT_EQ(test, create(&one), 0);
}

static void a_discarded_device_makes_room(struct kunit *test)
{
	struct vmm_device *device;

	scoped_guard(mutex, &vm->lock) {
		device = vmm_device_create(vm, &one);
		KUNIT_EXPECT_FALSE(test, IS_ERR(device));
		if (IS_ERR(device))
			return;
		KUNIT_EXPECT_PTR_EQ(test, device->vm, vm);
		KUNIT_EXPECT_PTR_EQ(test, device->dev, (void *)vm);
		vmm_device_discard(device);
	}
	KUNIT_EXPECT_EQ(test, alive, 0);
	KUNIT_EXPECT_EQ(test, create(&one), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_type_is_there_once),
	KUNIT_CASE(hosts_may_have_none),
	KUNIT_CASE(a_failed_creation_leaves_nothing),
	KUNIT_CASE(a_discarded_device_makes_room),
	{ }
};

static struct kunit_suite device_suite = {
	.name		= "kvm_riscv_device",
	.init		= setup,
	.exit		= teardown,
	.test_cases	= cases,
};

kunit_test_suite(device_suite);
