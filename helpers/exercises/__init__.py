"""The checks of the exercises, one module a notebook, named after it: ``n01_mnist_masks``.

A check takes the student's answer, tries it on small cases, and raises `checks.Hint` with a
sentence that names the likely mistake. It never trains and answers within two seconds.
"""
