// SPDX-License-Identifier: GPL-2.0-only
/* Life cycle of a vCPU: built in private, published whole, destroyed with its VM. */
#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/stats.h>
#include <vmm/vcpu.h>

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <linux/slab.h>

#include <uapi/kvm_abi.h>

#include "core.h"

/* Slab memory is in the linear map, which the world switch needs. */
static struct kmem_cache *vcpu_cache;

int vmm_vcpu_cache_init(void)
{
	vcpu_cache = kmem_cache_create("kvm-riscv-vcpu", sizeof(struct vmm_vcpu),
				       __alignof__(struct vmm_vcpu), SLAB_ACCOUNT, NULL);
	return vcpu_cache ? 0 : -ENOMEM;
}

void vmm_vcpu_cache_exit(void)
{
	kmem_cache_destroy(vcpu_cache);
}

int vmm_vcpus_init(struct vmm_vm *vm)
{
	xa_init(&vm->vcpus);
	return 0;
}

static void vcpu_free(struct vmm_vcpu *vcpu)
{
	vmm_dirty_ring_destroy(vcpu);
	free_page((unsigned long)vcpu->run);
	mutex_destroy(&vcpu->mutex);
	kmem_cache_free(vcpu_cache, vcpu);
}

void vmm_vcpus_destroy(struct vmm_vm *vm)
{
	struct vmm_vcpu *vcpu;
	unsigned long id;

	vmm_for_each_vcpu(vm, id, vcpu) {
		vmm_arch_vcpu_destroy(vcpu);
		vcpu_free(vcpu);
	}
	xa_destroy(&vm->vcpus);
}

static struct vmm_vcpu *vcpu_alloc(struct vmm_vm *vm, unsigned long id)
{
	struct vmm_vcpu *vcpu = kmem_cache_zalloc(vcpu_cache, GFP_KERNEL_ACCOUNT);

	if (!vcpu)
		return NULL;
	mutex_init(&vcpu->mutex);
	rcuwait_init(&vcpu->wait);
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->index = vm->nr_vcpus;
	vcpu->cpu = -1;

	BUILD_BUG_ON(sizeof(struct kvm_run) > PAGE_SIZE);
	vcpu->run = (struct kvm_run *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vcpu->run || vmm_dirty_ring_init(vcpu)) {
		vcpu_free(vcpu);
		return NULL;
	}
	return vcpu;
}

struct vmm_vcpu *vmm_vcpu_create(struct vmm_vm *vm, unsigned long id)
{
	struct vmm_vcpu *vcpu;
	int err;

	lockdep_assert_held(&vm->lock);

	if (id >= VMM_MAX_VCPU_ID || vm->nr_vcpus >= VMM_MAX_VCPUS)
		return ERR_PTR(-EINVAL);
	/* The place is taken now, so that publishing cannot fail; it reads as empty until then. */
	err = xa_insert(&vm->vcpus, id, NULL, GFP_KERNEL_ACCOUNT);
	if (err)
		return ERR_PTR(err == -EBUSY ? -EEXIST : err);

	vcpu = vcpu_alloc(vm, id);
	if (!vcpu) {
		xa_release(&vm->vcpus, id);
		return ERR_PTR(-ENOMEM);
	}
	err = vmm_arch_vcpu_init(vcpu);
	if (err) {
		vcpu_free(vcpu);
		xa_release(&vm->vcpus, id);
		return ERR_PTR(err);
	}
	return vcpu;
}

void vmm_vcpu_publish(struct vmm_vcpu *vcpu)
{
	struct vmm_vm *vm = vcpu->vm;

	lockdep_assert_held(&vm->lock);

	vm->nr_vcpus++;
	/* No allocation: the place is reserved. */
	xa_store(&vm->vcpus, vcpu->id, vcpu, GFP_NOWAIT);
	vmm_stats_vcpu_add(vcpu);
}

void vmm_vcpu_discard(struct vmm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->vm->lock);

	xa_release(&vcpu->vm->vcpus, vcpu->id);
	vmm_arch_vcpu_destroy(vcpu);
	vcpu_free(vcpu);
}
