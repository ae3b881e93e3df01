// SPDX-License-Identifier: GPL-2.0-only
/* The file descriptor of a vCPU. */
#include "door.h"

#include <vmm/arch.h>
#include <vmm/bus.h>
#include <vmm/dirty.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

long door_vcpu_run(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	long ret = vmm_run(vcpu);

	/* The reason of the last exit stays, for userspace that only had it finished. */
	if (ret == VMM_STEP_LEAVE)
		return -EINTR;
	if (ret == -EINTR || ret == -ERESTARTNOHAND)
		vcpu->run->exit_reason = KVM_EXIT_INTR;
	return ret;
}

long door_vcpu_get_reg(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	u8 value[VMM_REG_MAX] __aligned(16);
	size_t size;
	int err;

	err = vmm_arch_reg_get(vcpu, arg->reg.id, value, &size);
	if (err)
		return err;
	return copy_to_user(u64_to_user_ptr(arg->reg.addr), value, size) ? -EFAULT : 0;
}

long door_vcpu_set_reg(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	u8 value[VMM_REG_MAX] __aligned(16);
	int size;

	size = vmm_arch_reg_size(vcpu, arg->reg.id);
	if (size < 0)
		return size;
	if (size > sizeof(value))
		return -EINVAL;
	if (copy_from_user(value, u64_to_user_ptr(arg->reg.addr), size))
		return -EFAULT;
	return vmm_arch_reg_set(vcpu, arg->reg.id, value);
}

long door_vcpu_reg_list(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	struct kvm_reg_list __user *list = arg->user;
	u64 *ids __free(kvfree) = NULL;
	unsigned int count;
	u64 room, n;

	if (get_user(room, &list->n))
		return -EFAULT;
	count = vmm_arch_reg_list(vcpu, NULL, 0);
	n = count;
	if (put_user(n, &list->n))
		return -EFAULT;
	if (room < n)
		return -E2BIG;

	ids = kvmalloc_array(count, sizeof(*ids), GFP_KERNEL_ACCOUNT);
	if (!ids)
		return -ENOMEM;
	vmm_arch_reg_list(vcpu, ids, count);
	return copy_to_user(list->reg, ids, count * sizeof(*ids)) ? -EFAULT : 0;
}

/* Part of the range is a success: userspace comes again with what is left. */
static long pre_fault(struct vmm_vcpu *vcpu, struct kvm_pre_fault_memory *range)
{
	bool any = false;

	while (range->size) {
		long done = signal_pending(current) ? -EINTR : vmm_arch_prefault(vcpu, range->gpa);

		if (done < 0)
			return any ? 0 : done;
		done = min_t(u64, done, range->size);
		range->gpa += done;
		range->size -= done;
		any |= done;
		cond_resched();
	}
	return 0;
}

long door_vcpu_pre_fault(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	struct kvm_pre_fault_memory range;
	long err;

	if (copy_from_user(&range, arg->user, sizeof(range)))
		return -EFAULT;
	if (range.flags || memchr_inv(range.padding, 0, sizeof(range.padding)))
		return -EINVAL;
	if (!range.size || (range.gpa | range.size) & ~PAGE_MASK ||
	    range.gpa + range.size <= range.gpa)
		return -EINVAL;
	err = pre_fault(vcpu, &range);
	if (copy_to_user(arg->user, &range, sizeof(range)))
		return -EFAULT;
	return err;
}

long door_vcpu_get_mp_state(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	arg->mp_state.mp_state = vmm_arch_mp_state_get(vcpu);
	return 0;
}

long door_vcpu_set_mp_state(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	return vmm_arch_mp_state_set(vcpu, arg->mp_state.mp_state);
}

long door_vcpu_set_debug(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	return vmm_arch_guest_debug(vcpu, &arg->debug);
}

long door_vcpu_set_sigmask(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	struct kvm_signal_mask __user *mask = arg->user;
	sigset_t sigset;
	u32 len;

	if (!mask) {
		vcpu->sigmask_set = false;
		return 0;
	}
	if (get_user(len, &mask->len))
		return -EFAULT;
	if (len != sizeof(sigset))
		return -EINVAL;
	if (copy_from_user(&sigset, mask->sigset, sizeof(sigset)))
		return -EFAULT;
	/* The kernel-internal sigprocmask() would block these too. */
	sigdelsetmask(&sigset, sigmask(SIGKILL) | sigmask(SIGSTOP));
	vcpu->sigmask = sigset;
	vcpu->sigmask_set = true;
	return 0;
}

long door_vcpu_interrupt(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	vmm_arch_interrupt(vcpu, arg->irq.irq);
	return 0;
}

/* Of a mapping, pages from KVM_DIRTY_LOG_PAGE_OFFSET on are the ring, if there is one. */
static struct page *vcpu_ring_page(struct vmm_vcpu *vcpu, unsigned long pgoff)
{
	if (pgoff < KVM_DIRTY_LOG_PAGE_OFFSET)
		return NULL;
	return vmm_dirty_ring_page(vcpu, pgoff - KVM_DIRTY_LOG_PAGE_OFFSET);
}

/* The mapping holds the file, which holds the VM, which holds the vCPU and both pages. */
static vm_fault_t vcpu_mmap_fault(struct vm_fault *vmf)
{
	struct vmm_vcpu *vcpu = vmf->vma->vm_file->private_data;

	switch (vmf->pgoff) {
	case 0:
		vmf->page = virt_to_page(vcpu->run);
		break;
	case KVM_COALESCED_MMIO_PAGE_OFFSET:
		vmf->page = vmm_coalesced_page(vcpu->vm);
		break;
	default:
		vmf->page = vcpu_ring_page(vcpu, vmf->pgoff);
		if (!vmf->page)
			return VM_FAULT_SIGBUS;
	}
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct vcpu_mmap_ops = {
	.fault	= vcpu_mmap_fault,
};

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vmm_vcpu *vcpu = file->private_data;
	unsigned long first = max(vma->vm_pgoff, KVM_DIRTY_LOG_PAGE_OFFSET + 0UL);

	/* A ring that is the mapping's own is none, and it is not code. */
	if (first < vma->vm_pgoff + vma_pages(vma) && vcpu_ring_page(vcpu, first) &&
	    (!(vma->vm_flags & VM_SHARED) || vma->vm_flags & VM_EXEC))
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &vcpu_mmap_ops;
	return 0;
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct vmm_vcpu *vcpu = file->private_data;

	vmm_vm_put(vcpu->vm);
	return 0;
}

const struct file_operations door_vcpu_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= door_vcpu_ioctl,
	.compat_ioctl	= door_compat_ioctl,
	.mmap		= vcpu_mmap,
	.release	= vcpu_release,
	.llseek		= noop_llseek,
};
